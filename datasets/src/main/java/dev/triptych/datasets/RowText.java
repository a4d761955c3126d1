package dev.triptych.datasets;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.ExampleGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/**
 * Writes generated rows as text that Triptych reads back exactly. Holds a bounded number of values
 * at a time, however many rows are written.
 */
public enum RowText {
  /** {@code label index:value …}, indices from 1, zeros left out. */
  LIBSVM {
    @Override
    void append(ExampleBlock block, int row, StringBuilder line) {
      append(line, block.label(row));
      int length = block.rowLength(row);
      for (int k = 0; k < length; k++) {
        double value = block.valueAt(row, k);
        if (value != 0) {
          append(line.append(' ').append(block.columnAt(row, k) + 1).append(':'), value);
        }
      }
    }
  },
  /** {@code user,item,rating} with that header. */
  RATINGS {
    @Override
    String header() {
      return "user,item,rating\n";
    }

    @Override
    void append(ExampleBlock block, int row, StringBuilder line) {
      append(line, block.valueAt(row, 0));
      append(line.append(','), block.valueAt(row, 1));
      append(line.append(','), block.label(row));
    }
  };

  private static final int MAX_ROWS_AT_ONCE = 4096;
  private static final int VALUES_AT_ONCE = 1 << 17;

  /** First line of a file. */
  String header() {
    return "";
  }

  /** One row, without its end of line. */
  abstract void append(ExampleBlock block, int row, StringBuilder line);

  /**
   * Writes rows {@code from} to {@code to} − 1, in order; does not close {@code out}.
   *
   * @param withHeader whether to begin with the header, where the format has one
   */
  public void write(
      ExampleGenerator generator, long from, long to, boolean withHeader, OutputStream out)
      throws IOException {
    Writer text = new OutputStreamWriter(out, StandardCharsets.US_ASCII);
    if (withHeader) {
      text.write(header());
    }
    StringBuilder lines = new StringBuilder();
    int rowsAtOnce = 1;
    for (long next = from; next < to; ) {
      ExampleBlock block = generator.rows(next, Math.min(to, next + rowsAtOnce));
      for (int row = 0; row < block.numRows(); row++) {
        lines.setLength(0);
        append(block, row, lines);
        text.append(lines.append('\n'));
      }
      next += block.numRows();
      int longest = Math.max(1, block.rowLength(0));
      rowsAtOnce = Math.max(1, Math.min(MAX_ROWS_AT_ONCE, VALUES_AT_ONCE / longest));
    }
    text.flush();
  }

  /** Numbers that are whole are written without a point. */
  static void append(StringBuilder line, double value) {
    if (value == (int) value) {
      line.append((int) value);
    } else {
      line.append(value);
    }
  }
}
