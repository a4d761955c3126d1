package dev.triptych.core.data;

import dev.triptych.core.InvalidInputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/**
 * Turns the lines of one text file into rows, one line at a time and in any order. It remembers
 * only what a file must not mix, so a file may be cut into splits with one parser each. Not
 * thread-safe.
 */
public abstract sealed class RowParser permits LibsvmParser, CsvParser {
  private static final int MAX_SHOWN = 40;

  private final LabelReader labels;

  RowParser(LabelRule rule) {
    this.labels = new LabelReader(rule);
  }

  /**
   * Adds the row of one line; values of zero are not stored.
   *
   * @param text {@code text[0..length)} is the line in ASCII or UTF-8, without its line end
   * @return false when the line holds no row (blank, comment)
   * @throws InvalidInputException one line that names the field and says what was expected; the
   *     caller puts file and line in front. Nothing was added then.
   */
  public abstract boolean addLine(byte[] text, int length, BlockBuilder rows);

  /** Features named so far, stored or zero: the largest 1-based index. */
  public abstract int numFeatures();

  /** Whether a binary label 0 occurred. */
  public boolean sawZeroLabel() {
    return labels.sawZero();
  }

  /** Whether a binary label −1 occurred. */
  public boolean sawMinusOneLabel() {
    return labels.sawMinusOne();
  }

  /**
   * Reads a whole file.
   *
   * @param file its name for error messages
   * @throws InvalidInputException {@code FILE:LINE: …} for the first bad line
   */
  public final void read(String file, Reader reader, BlockBuilder rows) throws IOException {
    BufferedReader lines = new BufferedReader(reader);
    long number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      byte[] text = line.getBytes(StandardCharsets.UTF_8);
      try {
        addLine(text, text.length, rows);
      } catch (InvalidInputException e) {
        throw new InvalidInputException(file + ":" + number + ": " + e.getMessage(), e);
      }
    }
  }

  /** The label written in {@code text[from..to)}. */
  final double label(byte[] text, int from, int to, String field) {
    double label = labels.read(Decimals.parse(text, from, to));
    if (Double.isNaN(label)) {
      throw refuse(field, labels.expected(), text, from, to);
    }
    return label;
  }

  static InvalidInputException refuse(
      String field, String expected, byte[] text, int from, int to) {
    return new InvalidInputException(
        field + ": " + expected + ", got \"" + printable(text, from, to) + "\"");
  }

  /** At most 40 characters on one line. */
  private static String printable(byte[] text, int from, int to) {
    String shown = new String(text, from, to - from, StandardCharsets.UTF_8);
    StringBuilder clean = new StringBuilder();
    for (int i = 0; i < shown.length() && i < MAX_SHOWN; i++) {
      char c = shown.charAt(i);
      clean.append(Character.isISOControl(c) ? '?' : c);
    }
    return shown.length() > MAX_SHOWN ? clean.append("...").toString() : clean.toString();
  }
}
