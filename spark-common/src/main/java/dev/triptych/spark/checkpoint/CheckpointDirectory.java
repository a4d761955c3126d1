package dev.triptych.spark.checkpoint;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.state.DamagedStateException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints of a run in a directory of any Hadoop file system: {@code checkpoint-N/} with one
 * {@code shard-K.state} per shard, or {@code node-K.state} per node, and a {@code manifest}. A
 * checkpoint is written beside and renamed last, so there is all of it or nothing; the two newest
 * are kept. One writer at a time.
 */
public final class CheckpointDirectory {
  private static final String PREFIX = "checkpoint-";
  private static final String UNFINISHED = ".unfinished-";
  private static final String MANIFEST = "manifest";
  private static final int KEPT = 2;
  private static final int BUFFER_BYTES = 1 << 16;

  private final FileSystem files;
  private final Path directory;
  private final String part;

  private CheckpointDirectory(FileSystem files, Path directory, String part) {
    this.files = files;
    this.directory = directory;
    this.part = part;
  }

  /**
   * @param option names it in failures
   * @param part what a checkpoint has a file of each for, such as {@code "shard"}
   * @throws InvalidInputException if there is no such file system
   */
  public static CheckpointDirectory at(
      String option, String path, String part, Configuration conf) {
    try {
      Path directory = new Path(path);
      return new CheckpointDirectory(directory.getFileSystem(conf), directory, part);
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidInputException(option + ": " + path + ": " + e.getMessage(), e);
    }
  }

  /** Writes the state of a part. */
  public interface StateSource {
    void writeTo(int part, OutputStream out) throws IOException, InterruptedException;
  }

  /**
   * Writes a checkpoint: either all of it is there afterwards, or nothing.
   *
   * @return its number
   */
  public long write(
      long run, long examples, Map<String, String> fingerprint, int numParts, StateSource source)
      throws IOException, InterruptedException {
    long number = existing().isEmpty() ? 1 : existing().lastKey() + 1;
    Path unfinished = new Path(directory, UNFINISHED + number);
    files.delete(unfinished, true);
    files.mkdirs(unfinished);
    List<Manifest.Part> parts = new ArrayList<>();
    for (int k = 0; k < numParts; k++) {
      CRC32C checksum = new CRC32C();
      Path file = new Path(unfinished, fileName(part, k));
      try (OutputStream out = new CheckedOutputStream(files.create(file, true), checksum)) {
        source.writeTo(k, out);
      }
      parts.add(new Manifest.Part(files.getFileStatus(file).getLen(), (int) checksum.getValue()));
    }
    try (OutputStream out = files.create(new Path(unfinished, MANIFEST), true)) {
      out.write(
          new Manifest(run, examples, fingerprint, parts).text().getBytes(StandardCharsets.UTF_8));
    }
    Path finished = new Path(directory, PREFIX + "%010d".formatted(number));
    if (!files.rename(unfinished, finished)) {
      throw new IOException("could not rename " + unfinished + " to " + finished);
    }
    while (existing().size() > KEPT) {
      files.delete(existing().firstEntry().getValue(), true);
    }
    return number;
  }

  private TreeMap<Long, Path> existing() throws IOException {
    TreeMap<Long, Path> found = new TreeMap<>();
    try {
      for (FileStatus status : files.listStatus(directory)) {
        String name = status.getPath().getName();
        if (name.matches(PREFIX + "\\d+")) {
          found.put(Long.parseLong(name.substring(PREFIX.length())), status.getPath());
        }
      }
    } catch (FileNotFoundException e) {
      return found; // the first checkpoint makes the directory
    }
    return found;
  }

  /**
   * The newest checkpoint, all of which was read once and found undamaged.
   *
   * @throws InvalidInputException in one line, if there is none or it is damaged
   */
  public Saved newest(String option) {
    try {
      TreeMap<Long, Path> found = existing();
      if (found.isEmpty()) {
        throw new InvalidInputException(option + ": no checkpoint in " + directory);
      }
      Path path = found.lastEntry().getValue();
      Manifest manifest = manifestOf(option, path);
      for (int k = 0; k < manifest.parts().size(); k++) {
        check(option, new Path(path, fileName(part, k)), manifest.parts().get(k));
      }
      return new Saved(files, path, part, manifest);
    } catch (IOException e) {
      throw new InvalidInputException(option + ": " + directory + ": " + e.getMessage(), e);
    }
  }

  private Manifest manifestOf(String option, Path path) throws IOException {
    Path file = new Path(path, MANIFEST);
    try (InputStream in = files.open(file)) {
      return Manifest.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (DamagedStateException | FileNotFoundException | RuntimeException e) {
      throw damaged(option, file, String.valueOf(e.getMessage()), e);
    }
  }

  private void check(String option, Path file, Manifest.Part expected) throws IOException {
    CRC32C checksum = new CRC32C();
    long bytes = 0;
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = new CheckedInputStream(files.open(file), checksum)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        bytes += read;
      }
    } catch (IOException e) { // missing, or Hadoop's own checksum is wrong
      throw damaged(option, file, String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
    }
    if (bytes != expected.bytes()) {
      throw damaged(option, file, "it has " + bytes + " bytes, expected " + expected.bytes(), null);
    }
    if ((int) checksum.getValue() != expected.checksum()) {
      throw damaged(option, file, "its checksum is wrong", null);
    }
  }

  private static String fileName(String part, int k) {
    return part + "-" + k + ".state";
  }

  private static InvalidInputException damaged(
      String option, Path file, String what, @Nullable Throwable cause) {
    String message = option + ": the checkpoint is damaged: " + file + ": " + what;
    return cause == null
        ? new InvalidInputException(message)
        : new InvalidInputException(message, cause);
  }

  /** A checkpoint that is whole. */
  public static final class Saved {
    private final FileSystem files;
    private final Path path;
    private final String part;
    private final Manifest manifest;

    private Saved(FileSystem files, Path path, String part, Manifest manifest) {
      this.files = files;
      this.path = path;
      this.part = part;
      this.manifest = manifest;
    }

    public Manifest manifest() {
      return manifest;
    }

    /**
     * Makes sure that the run that goes on is the run that was saved.
     *
     * @throws InvalidInputException naming the first setting that differs
     */
    public void requireSame(String option, Map<String, String> fingerprint) {
      Map<String, String> saved = manifest.fingerprint();
      for (Map.Entry<String, String> setting : fingerprint.entrySet()) {
        String before = saved.get(setting.getKey());
        if (!setting.getValue().equals(before)) {
          throw new InvalidInputException(
              "%s: the checkpoint %s is of a run with %s %s, this one has %s"
                  .formatted(option, path, setting.getKey(), before, setting.getValue()));
        }
      }
    }

    /** The state of a part. */
    public InputStream open(int k) throws IOException {
      return files.open(new Path(path, fileName(part, k)));
    }

    @Override
    public String toString() {
      return path.toString();
    }
  }
}
