package dev.triptych.spark.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.core.InvalidInputException;
import dev.triptych.testing.SparkSessions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartFilesIT {
  private static final long FROM = 5;
  private static final long TO = 1005;

  @TempDir Path dir;

  private final JavaSparkContext spark = SparkSessions.local2Context();

  private static final class Numbers implements PartFiles.RowWriter {
    private static final long serialVersionUID = 1L;

    @Override
    public void write(long from, long to, OutputStream out) throws IOException {
      for (long row = from; row < to; row++) {
        out.write((row + "\n").getBytes(StandardCharsets.US_ASCII));
      }
    }
  }

  @Test
  void partsHoldTheSameRowsHoweverManyThereAre() throws IOException {
    String expected = expected();
    for (int parts : new int[] {1, 7}) {
      Path folder = dir.resolve("sub/folder" + parts);
      List<Integer> told = new ArrayList<>();
      try (PartFiles files = PartFiles.create(spark, folder.toString())) {
        files.write(spark, FROM, TO, parts, ".txt", new Numbers(), (done, all) -> told.add(done));
        assertThat(folder).doesNotExist();
        files.publishFolder();
        assertThat(files.bytes()).isEqualTo(expected.length());
      }
      assertThat(text(folder)).isEqualTo(expected);
      assertThat(names(folder)).hasSize(parts).first().isEqualTo("part-00000.txt");
      assertThat(told).isSorted().endsWith(parts);
      Path file = dir.resolve("sub/file" + parts + ".txt.gz");
      try (PartFiles files = PartFiles.create(spark, file.toUri().toString())) {
        files.write(spark, FROM, TO, parts, ".txt.gz", new Numbers(), (done, all) -> {});
        files.publishFile();
      }
      try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
        assertThat(new String(in.readAllBytes(), StandardCharsets.US_ASCII)).isEqualTo(expected);
      }
    }
    assertThat(names(dir.resolve("sub")))
        .containsExactly("file1.txt.gz", "file7.txt.gz", "folder1", "folder7");
  }

  /** Fails the first attempt of one part after it wrote something. */
  private static final class Stumbling implements PartFiles.RowWriter {
    private static final long serialVersionUID = 1L;

    private final String marker;

    Stumbling(Path marker) {
      this.marker = marker.toString();
    }

    @Override
    public void write(long from, long to, OutputStream out) throws IOException {
      new Numbers().write(from, to - 1, out);
      out.flush();
      if (from == FROM && Path.of(marker).toFile().createNewFile()) {
        throw new IllegalStateException("the executor stumbled");
      }
      new Numbers().write(to - 1, to, out);
    }
  }

  @Test
  void aTaskThatIsTriedAgainLeavesOnePart() throws IOException {
    Path folder = Files.createDirectory(dir.resolve("in")).resolve("retried");
    try (PartFiles files = PartFiles.create(spark, folder.toString())) {
      files.write(
          spark, FROM, TO, 3, ".txt", new Stumbling(dir.resolve("marker")), (done, all) -> {});
      files.publishFolder();
    }
    assertThat(text(folder)).isEqualTo(expected());
    assertThat(names(folder)).containsExactly("part-00000.txt", "part-00001.txt", "part-00002.txt");
  }

  @Test
  void whatCannotBeWrittenIsOneLineAndLeavesNothing() throws IOException {
    Path in = Files.createDirectory(dir.resolve("in"));
    Path folder = in.resolve("full");
    PartFiles.RowWriter full =
        (from, to, out) -> {
          new Numbers().write(from, to, out);
          throw new IOException("No space left on device");
        };
    try (PartFiles files = PartFiles.create(spark, folder.toString())) {
      assertThatThrownBy(() -> files.write(spark, FROM, TO, 5, ".txt", full, (done, all) -> {}))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(folder + ": cannot be written: No space left on device");
    }
    assertThat(names(in)).isEmpty();
    Files.createFile(folder);
    assertThatThrownBy(() -> PartFiles.create(spark, folder.toString()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(folder + ": exists already");
    assertThatThrownBy(() -> PartFiles.create(spark, folder.resolve("below").toString()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("cannot be written");
    assertThatThrownBy(() -> PartFiles.create(spark, "nosuchscheme://a/b"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("nosuchscheme");
    assertThatThrownBy(() -> PartFiles.create(spark, "s3a://bucket/b"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("S3AFileSystem not found");
    assertThat(names(in)).containsExactly("full");
  }

  private static String expected() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new Numbers().write(FROM, TO, out);
    return out.toString(StandardCharsets.US_ASCII);
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static String text(Path folder) throws IOException {
    List<InputStream> parts = new ArrayList<>();
    for (String name : names(folder)) {
      parts.add(Files.newInputStream(folder.resolve(name)));
    }
    try (InputStream all = new SequenceInputStream(Collections.enumeration(parts))) {
      return new String(all.readAllBytes(), StandardCharsets.US_ASCII);
    }
  }
}
