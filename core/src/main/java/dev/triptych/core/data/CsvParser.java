package dev.triptych.core.data;

import dev.triptych.core.InvalidInputException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Comma-separated numbers, one row per line: one label column, all other columns are features in
 * their order. Fields may be quoted; blank lines are skipped. Columns are counted from 1.
 */
public final class CsvParser extends RowParser {
  private final Columns columns;
  private final int[] indices;
  private final double[] values;
  private final byte[] header;

  public CsvParser(LabelRule rule, Columns columns) {
    super(rule);
    this.columns = columns;
    this.indices = new int[columns.count() - 1];
    this.values = new double[columns.count() - 1];
    this.header = columns.header().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * What the first line says about a file.
   *
   * @param names of all columns, from the header, else {@code column 1}, …
   * @param labelIndex 0-based position of the label
   * @param header the header line, empty when there is none
   */
  public record Columns(List<String> names, int labelIndex, String header) implements Serializable {
    public Columns {
      names = List.copyOf(names);
    }

    int count() {
      return names.size();
    }

    /**
     * From a file's first line, which is a header when one of its fields is no number.
     *
     * @param labelColumn name of the label's column; null for the one called {@code label}, else
     *     the first
     * @throws InvalidInputException when there is no such column, or no feature; without file name
     */
    public static Columns of(String firstLine, @Nullable String labelColumn) {
      List<String> fields = new ArrayList<>();
      boolean header = false;
      for (String field : firstLine.split(",", -1)) {
        String name = unquote(field.strip());
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        header |= !name.isEmpty() && !isNumber(text);
        fields.add(name);
      }
      if (fields.size() < 2) {
        throw new InvalidInputException(
            "expected a label and at least one feature, separated by commas, got one column");
      }
      if (header) {
        return new Columns(fields, labelIndex(fields, labelColumn), firstLine.strip());
      }
      if (labelColumn != null) {
        throw new InvalidInputException(
            "expected a header that names the label column \""
                + labelColumn
                + "\", got a line of numbers");
      }
      List<String> names = new ArrayList<>();
      for (int i = 1; i <= fields.size(); i++) {
        names.add("");
      }
      return new Columns(names, 0, "");
    }

    private static int labelIndex(List<String> names, @Nullable String wanted) {
      String name = wanted == null ? "label" : wanted;
      for (int i = 0; i < names.size(); i++) {
        if (names.get(i).equalsIgnoreCase(name)) {
          return i;
        }
      }
      if (wanted != null) {
        throw new InvalidInputException(
            "expected a column \"" + wanted + "\", got " + String.join(", ", names));
      }
      return 0;
    }

    private static boolean isNumber(byte[] text) {
      double value = Decimals.parse(text, 0, text.length);
      if (!Double.isNaN(value)) {
        return true;
      }
      String name = new String(text, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
      return name.matches("[+-]?(nan|inf|infinity)|null|na");
    }

    private static String unquote(String field) {
      return field.length() >= 2 && field.startsWith("\"") && field.endsWith("\"")
          ? field.substring(1, field.length() - 1)
          : field;
    }
  }

  @Override
  public int numFeatures() {
    return indices.length;
  }

  @Override
  public boolean addLine(byte[] text, int length, BlockBuilder rows) {
    int end = trimEnd(text, 0, length);
    if (trimStart(text, 0, end) == end || isHeader(text, end)) {
      return false;
    }
    double label = 0;
    int column = 0;
    int feature = 0;
    int numEntries = 0;
    int p = 0;
    while (p <= end) {
      int comma = p;
      while (comma < end && text[comma] != ',') {
        comma++;
      }
      if (column < columns.count()) {
        int from = trimStart(text, p, comma);
        int to = trimEnd(text, from, comma);
        if (to - from >= 2 && text[from] == '"' && text[to - 1] == '"') {
          from++;
          to--;
        }
        if (column == columns.labelIndex()) {
          label = label(text, from, to, field(column));
        } else {
          double value = Decimals.parse(text, from, to);
          if (!Double.isFinite(value)) {
            throw refuse(field(column), "expected a finite number", text, from, to);
          }
          if (value != 0) {
            indices[numEntries] = feature;
            values[numEntries] = value;
            numEntries++;
          }
          feature++;
        }
      }
      column++;
      p = comma + 1;
    }
    if (column != columns.count()) {
      throw new InvalidInputException("expected " + columns.count() + " columns, got " + column);
    }
    rows.addSparse(label, indices, values, numEntries);
    return true;
  }

  private String field(int column) {
    String name = columns.names().get(column);
    return "column " + (column + 1) + (name.isEmpty() ? "" : " (" + name + ")");
  }

  private boolean isHeader(byte[] text, int end) {
    if (header.length == 0 || end < header.length) {
      return false;
    }
    int start = trimStart(text, 0, end);
    if (end - start != header.length) {
      return false;
    }
    for (int i = 0; i < header.length; i++) {
      if (text[start + i] != header[i]) {
        return false;
      }
    }
    return true;
  }

  private static int trimStart(byte[] text, int from, int to) {
    int p = from;
    while (p < to && (text[p] == ' ' || text[p] == '\t' || text[p] == '\r')) {
      p++;
    }
    return p;
  }

  private static int trimEnd(byte[] text, int from, int to) {
    int p = to;
    while (p > from && (text[p - 1] == ' ' || text[p - 1] == '\t' || text[p - 1] == '\r')) {
      p--;
    }
    return p;
  }
}
