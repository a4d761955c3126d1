package dev.triptych.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.loss.Loss.LabelKind;
import java.io.IOException;
import java.io.StringReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvParserTest {
  @Test
  void theLabelIsTheColumnCalledLabelElseTheFirst() {
    assertThat(CsvParser.Columns.of("a,Label,b", null).labelIndex()).isEqualTo(1);
    assertThat(CsvParser.Columns.of("a,b,c", null).labelIndex()).isZero();
    assertThat(CsvParser.Columns.of("a,b,\"c\"", "c").labelIndex()).isEqualTo(2);
    assertThat(CsvParser.Columns.of("1,2,nan", null).header()).isEmpty();
    assertThatThrownBy(() -> CsvParser.Columns.of("a,b", "z"))
        .hasMessage("expected a column \"z\", got a, b");
    assertThatThrownBy(() -> CsvParser.Columns.of("1,2", "z"))
        .hasMessage("expected a header that names the label column \"z\", got a line of numbers");
    assertThatThrownBy(() -> CsvParser.Columns.of("1 2", null))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void featuresKeepTheOrderOfTheirColumns() throws IOException {
    ExampleBlock block = read("x,label,y\n 1 ,-1,\"2.5\"\r\n\n0,+1,3\n");
    assertThat(block.numRows()).isEqualTo(2);
    assertThat(block.valueAt(0, 0)).isEqualTo(1);
    assertThat(block.valueAt(0, 1)).isEqualTo(2.5);
    assertThat(block.columnAt(1, 0)).isEqualTo(1);
    assertThat(block.label(1)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1,-1,x|column 3 (y): expected a finite number, got \"x\"",
        "1,-1,|column 3 (y): expected a finite number, got \"\"",
        "inf,-1,1|column 1 (x): expected a finite number, got \"inf\"",
        "1,3,1|column 2 (label): expected a label -1 or +1 (or 0 and 1), got \"3\"",
        "1,1|expected 3 columns, got 2",
        "1,1,1,1|expected 3 columns, got 4",
      })
  void aMalformedLineIsNamedByFileLineAndColumn(String line, String message) {
    assertThatThrownBy(() -> read("x,label,y\n\n" + line + "\n"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("f.csv:3: " + message);
  }

  private static ExampleBlock read(String text) throws IOException {
    CsvParser.Columns columns = CsvParser.Columns.of(text.lines().findFirst().orElseThrow(), null);
    CsvParser parser = new CsvParser(LabelRule.of(LabelKind.BINARY), columns);
    BlockBuilder rows = new BlockBuilder(0);
    parser.read("f.csv", new StringReader(text), rows);
    return rows.build();
  }
}
