package dev.triptych.datasets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.core.data.BlockBuilder;
import dev.triptych.core.data.CsvParser;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.ExampleGenerator;
import dev.triptych.core.data.LabelRule;
import dev.triptych.core.data.LibsvmParser;
import dev.triptych.core.loss.Loss.LabelKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowTextTest {
  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gaussian,features=4",
        "clicklog,features=100000000",
        "interactions,features=9,classes=1",
        "heterogeneous,features=300"
      })
  void whatIsWrittenIsReadBackExactly(String text) throws IOException {
    SyntheticSpec spec = SyntheticSpec.parse(SyntheticSpec.PREFIX + text);
    ExampleGenerator generator = spec.generator();
    BlockBuilder rows = new BlockBuilder(generator.numFeatures());
    new LibsvmParser(LabelRule.of(LabelKind.REAL), generator.numFeatures())
        .read("made", new StringReader(text(spec, 3, 5003)), rows);
    ExampleBlock read = rows.build();
    ExampleBlock made = generator.rows(3, 5003);
    assertThat(read.numRows()).isEqualTo(5000);
    for (int r = 0; r < 5000; r++) {
      assertThat(read.label(r)).isEqualTo(made.label(r));
      assertThat(read.rowLength(r)).isEqualTo(made.rowLength(r));
      for (int k = 0; k < made.rowLength(r); k++) {
        assertThat(read.columnAt(r, k)).isEqualTo(made.columnAt(r, k));
        assertThat(read.valueAt(r, k)).isEqualTo(made.valueAt(r, k));
      }
    }
  }

  @Test
  void ratingsAreATableWithAHeader() throws IOException {
    SyntheticSpec spec = SyntheticSpec.parse("synthetic:ratings,users=40,items=50,rows=1000");
    String text = text(spec, 0, 1000);
    assertThat(text).startsWith("user,item,rating\n").hasLineCount(1001);
    BlockBuilder rows = new BlockBuilder(2);
    new CsvParser(LabelRule.of(LabelKind.REAL), CsvParser.Columns.of("user,item,rating", "rating"))
        .read("made", new StringReader(text), rows);
    ExampleBlock read = rows.build();
    ExampleBlock made = spec.generator().rows(0, 1000);
    for (int r = 0; r < 1000; r++) {
      assertThat(read.label(r)).isEqualTo(made.label(r));
      assertThat(read.dot(r, new double[] {1000, 1}))
          .isEqualTo(made.dot(r, new double[] {1000, 1}));
    }
  }

  /**
   * The text that is counted here is more than the heap holds twice; rows are dense and long enough
   * that a few thousand of them, or an array over all features, would not fit either.
   */
  @Test
  void writingTakesTheSameSmallMemoryForAnyNumberOfRowsAndFeatures() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx16m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Counted.class.getName(),
                "synthetic:clicklog,features=100000000,rows=220000",
                "synthetic:gaussian,features=20000,rows=30",
                "synthetic:interactions,features=100000000,rows=2000",
                "synthetic:ratings,users=100000000,items=100000000,rows=20000")
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("out").toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String said = Files.readString(dir.resolve("out"));
    assertThat(process.exitValue()).as(said).isZero();
    assertThat(Long.parseLong(said.strip())).isGreaterThan(2 * (16L << 20));
  }

  /** Writes the rows of some specs to nowhere and says how many bytes they are. */
  static final class Counted {
    public static void main(String[] args) throws IOException {
      long[] bytes = {0};
      OutputStream counter =
          new OutputStream() {
            @Override
            public void write(int b) {
              bytes[0]++;
            }

            @Override
            public void write(byte[] buffer, int offset, int length) {
              bytes[0] += length;
            }
          };
      for (String arg : args) {
        SyntheticSpec spec = SyntheticSpec.parse(arg);
        spec.rowText().write(spec.generator(), 0, spec.rows(), true, counter);
      }
      System.out.println(bytes[0]);
    }
  }

  private static String text(SyntheticSpec spec, long from, long to) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    spec.rowText().write(spec.generator(), from, to, true, out);
    return out.toString(StandardCharsets.US_ASCII);
  }
}
