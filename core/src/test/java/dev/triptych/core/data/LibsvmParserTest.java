package dev.triptych.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.loss.Loss.LabelKind;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LibsvmParserTest {
  @Test
  void commentsAndBlankLinesAreSkippedAndZerosAreNotStored() throws IOException {
    LibsvmParser parser = new LibsvmParser(LabelRule.of(LabelKind.REAL), null);
    BlockBuilder rows = new BlockBuilder(0);
    parser.read(
        "f", new StringReader("# head\n\n 1.5  1:1\t3:-2e-1 7:0 # tail 4:4\r\n   \n-2\n"), rows);
    ExampleBlock block = rows.build();

    assertThat(block.numRows()).isEqualTo(2);
    assertThat(block.label(0)).isEqualTo(1.5);
    assertThat(block.rowLength(0)).isEqualTo(2);
    assertThat(block.columnAt(0, 1)).isEqualTo(2);
    assertThat(block.valueAt(0, 1)).isEqualTo(-0.2);
    assertThat(block.label(1)).isEqualTo(-2);
    assertThat(block.rowLength(1)).isZero();
    assertThat(parser.numFeatures()).isEqualTo(7);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 abc|field 2: expected index:value, got \"abc\"",
        "1 3|field 2: expected index:value, got \"3\"",
        "1 :3|field 2: expected index:value, got \":3\"",
        "1 -1:3|field 2: expected index:value, got \"-1:3\"",
        "1 1:2 2:|field 3: expected index:value with a finite value, got \"2:\"",
        "1 1:2:3|field 2: expected index:value with a finite value, got \"1:2:3\"",
        "1 1:nan|field 2: expected index:value with a finite value, got \"1:nan\"",
        "1 1:Infinity|field 2: expected index:value with a finite value, got \"1:Infinity\"",
        "1 1:1e999|field 2: expected index:value with a finite value, got \"1:1e999\"",
        "1 1:0x1p3|field 2: expected index:value with a finite value, got \"1:0x1p3\"",
        "1 1:1d|field 2: expected index:value with a finite value, got \"1:1d\"",
        "1 0:1|field 2: expected an index of at least 1, got \"0:1\"",
        "1 2:1 2:1|field 3: expected an index above 2 (indices ascend), got \"2:1\"",
        "1 5:1 3:1|field 3: expected an index above 5 (indices ascend), got \"3:1\"",
        "1 9:1 11:1|field 3: expected an index of at most 10, got \"11:1\"",
        "1 99999999999999999999:1|field 2: expected an index of at most 10, got"
            + " \"99999999999999999999:1\"",
        "nan 1:1|field 1: expected a finite label, got \"nan\"",
        "1e400 1:1|field 1: expected a finite label, got \"1e400\"",
        "cat 1:1|field 1: expected a finite label, got \"cat\"",
      })
  void aMalformedLineIsNamedByFileLineAndField(String line, String message) {
    LibsvmParser parser = new LibsvmParser(LabelRule.of(LabelKind.REAL), 10);
    assertThatThrownBy(
            () -> parser.read("x.txt", new StringReader("1 1:1\n" + line), new BlockBuilder(0)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("x.txt:2: " + message);
  }

  @Test
  void anIndexThatNoArrayHoldsIsRefusedWithoutALimitToo() {
    LibsvmParser parser = new LibsvmParser(LabelRule.of(LabelKind.REAL), null);
    assertThatThrownBy(() -> add(parser, "1 2147483648:1"))
        .hasMessage("field 2: expected an index of at most 2147483647, got \"2147483648:1\"");
  }

  @Test
  void binaryLabelsAreMinusOneAndOneOrZeroAndOneNeverBoth() {
    LibsvmParser zeros = new LibsvmParser(LabelRule.of(LabelKind.BINARY), null);
    assertThat(add(zeros, "0 1:1").label(0)).isEqualTo(-1);
    assertThat(add(zeros, "+1 1:1").label(0)).isEqualTo(1);
    assertThatThrownBy(() -> add(zeros, "-1 1:1"))
        .hasMessage(
            "field 1: expected labels 0 and 1 only or -1 and +1 only in one file, got \"-1\"");
    LibsvmParser signs = new LibsvmParser(LabelRule.of(LabelKind.BINARY), null);
    assertThat(add(signs, "-1.0 1:1").label(0)).isEqualTo(-1);
    assertThatThrownBy(() -> add(signs, "0 1:1")).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> add(new LibsvmParser(LabelRule.of(LabelKind.BINARY), null), "2 1:1"))
        .hasMessage("field 1: expected a label -1 or +1 (or 0 and 1), got \"2\"");
  }

  @Test
  void mappedLabelsAcceptOnlyWhatIsMapped() {
    LabelRule rule = new LabelRule(LabelKind.BINARY, Map.of(1.0, 1.0, 2.0, -1.0));
    LibsvmParser parser = new LibsvmParser(rule, null);
    assertThat(add(parser, "2 1:1").label(0)).isEqualTo(-1);
    assertThatThrownBy(() -> add(parser, "0 1:1"))
        .hasMessage("field 1: expected one of the labels [1, 2], got \"0\"");
  }

  @Test
  void featuresAboveTheTrainingSetsAreLeftOutOfATestSet() {
    LibsvmParser parser = LibsvmParser.ignoringAbove(LabelRule.of(LabelKind.REAL), 3);
    ExampleBlock block = add(parser, "1 3:5 4:6 2147483647:1");
    assertThat(block.rowLength(0)).isEqualTo(1);
    assertThat(parser.numFeatures()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "1",
        "+7",
        "0.1",
        "-.5",
        "3.",
        "1e5",
        "1E-5",
        "123456789012345678",
        "1234567890123456789",
        "0.30000000000000004",
        "2.2250738585072014e-308",
        "4.9e-324",
        "1e-400",
        "1.7976931348623157e308",
        "9007199254740993",
        "0.000000000000000000001234",
        "00000000000000000000000012.5",
        "1e22",
        "1e23",
        "0.1828100000000000000000001",
      })
  void numbersAreReadExactlyAsJavaReadsThem(String number) {
    assertThat(Decimals.parse(number.getBytes(StandardCharsets.US_ASCII), 0, number.length()))
        .isEqualTo(Double.parseDouble(number));
  }

  private static ExampleBlock add(LibsvmParser parser, String line) {
    BlockBuilder rows = new BlockBuilder(0);
    parser.addLine(line.getBytes(StandardCharsets.UTF_8), line.length(), rows);
    return rows.build();
  }
}
