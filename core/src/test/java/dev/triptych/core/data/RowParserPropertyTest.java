package dev.triptych.core.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.loss.Loss.LabelKind;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

class RowParserPropertyTest {
  @Property(tries = 200)
  void everyBlockSurvivesBeingWrittenAndRead(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int numFeatures) throws IOException {
    ExampleBlock block = random(seed, numFeatures);
    StringBuilder libsvm = new StringBuilder();
    StringBuilder csv = new StringBuilder();
    for (int r = 0; r < block.numRows(); r++) {
      libsvm.append(block.label(r));
      double[] dense = new double[numFeatures];
      block.addRow(r, 1, dense);
      csv.append(block.label(r));
      for (int k = 0; k < block.rowLength(r); k++) {
        libsvm.append(' ').append(block.columnAt(r, k) + 1).append(':');
        libsvm.append(block.valueAt(r, k));
      }
      for (double x : dense) {
        csv.append(',').append(x);
      }
      libsvm.append('\n');
      csv.append('\n');
    }
    LabelRule real = LabelRule.of(LabelKind.REAL);
    BlockBuilder fromLibsvm = new BlockBuilder(numFeatures);
    new LibsvmParser(real, numFeatures).read("f", new StringReader(libsvm.toString()), fromLibsvm);
    BlockBuilder fromCsv = new BlockBuilder(numFeatures);
    String firstLine = csv.substring(0, csv.indexOf("\n"));
    new CsvParser(real, CsvParser.Columns.of(firstLine, null))
        .read("f", new StringReader(csv.toString()), fromCsv);

    assertSame(fromLibsvm.build(), block);
    assertSame(fromCsv.build(), block);
  }

  @Property(tries = 2000)
  void garbageIsEitherReadOrRefusedInOneLine(
      @ForAll
          @StringLength(max = 60)
          @CharRange(from = '0', to = '9')
          @Chars({':', ' ', '-', '+', '.', 'e', 'E', '#', ',', '"', '\t', 'x', '\u00e9', '\u0000'})
          String line) {
    assertReadOrRefused(new LibsvmParser(LabelRule.of(LabelKind.REAL), null), line);
    assertReadOrRefused(new LibsvmParser(LabelRule.of(LabelKind.BINARY), 5), line);
    assertReadOrRefused(LibsvmParser.ignoringAbove(LabelRule.of(LabelKind.REAL), 5), line);
    CsvParser.Columns columns = CsvParser.Columns.of("label,a,b", null);
    assertReadOrRefused(new CsvParser(LabelRule.of(LabelKind.REAL), columns), line);
    try {
      CsvParser.Columns.of(line, null);
    } catch (InvalidInputException e) {
      assertThat(e.getMessage().lines()).hasSize(1);
    }
  }

  @Property(tries = 500)
  void arbitraryBytesAreEitherReadOrRefusedInOneLine(@ForAll byte[] bytes) {
    LibsvmParser parser = new LibsvmParser(LabelRule.of(LabelKind.REAL), null);
    try {
      parser.addLine(bytes, bytes.length, new BlockBuilder(0));
    } catch (InvalidInputException e) {
      assertThat(e.getMessage().lines()).hasSize(1);
    }
  }

  @Property(tries = 1000)
  void everyDoubleIsReadBackExactly(@ForAll double value) {
    if (Double.isFinite(value)) {
      byte[] text = Double.toString(value).getBytes(StandardCharsets.US_ASCII);
      assertThat(Decimals.parse(text, 0, text.length)).isEqualTo(value);
    }
  }

  private static void assertReadOrRefused(RowParser parser, String line) {
    byte[] text = line.getBytes(StandardCharsets.UTF_8);
    BlockBuilder rows = new BlockBuilder(0);
    try {
      boolean added = parser.addLine(text, text.length, rows);
      assertThat(rows.numRows()).isEqualTo(added ? 1 : 0);
    } catch (InvalidInputException e) {
      assertThat(e.getMessage().lines()).hasSize(1);
      assertThat(rows.numRows()).isZero();
    }
  }

  private static void assertSame(ExampleBlock actual, ExampleBlock expected) {
    assertThat(actual.numRows()).isEqualTo(expected.numRows());
    assertThat(actual.numFeatures()).isEqualTo(expected.numFeatures());
    for (int r = 0; r < expected.numRows(); r++) {
      assertThat(actual.label(r)).isEqualTo(expected.label(r));
      assertThat(actual.rowLength(r)).isEqualTo(expected.rowLength(r));
      for (int k = 0; k < expected.rowLength(r); k++) {
        assertThat(actual.columnAt(r, k)).isEqualTo(expected.columnAt(r, k));
        assertThat(actual.valueAt(r, k)).isEqualTo(expected.valueAt(r, k));
      }
    }
  }

  private static ExampleBlock random(long seed, int numFeatures) {
    SplittableRandom random = new SplittableRandom(seed);
    BlockBuilder rows = new BlockBuilder(numFeatures);
    int numRows = 1 + random.nextInt(5);
    double density = random.nextDouble();
    int[] indices = new int[numFeatures];
    double[] values = new double[numFeatures];
    for (int r = 0; r < numRows; r++) {
      int length = 0;
      for (int j = 0; j < numFeatures; j++) {
        if (random.nextDouble() < density) {
          indices[length] = j;
          values[length++] = (random.nextDouble() + 0.1) * Math.scalb(1.0, random.nextInt(-60, 60));
        }
      }
      rows.addSparse(random.nextDouble(-9, 9), indices, values, length);
    }
    return rows.build();
  }
}
