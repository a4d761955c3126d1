package dev.triptych.core.data;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * LIBSVM text: {@code label index:value index:value …}, indices 1-based and ascending, {@code #}
 * starts a comment, blank lines are skipped. Fields are counted from 1, the label being field 1.
 * Allocates nothing per line.
 */
public final class LibsvmParser extends RowParser {
  private final int maxIndex;
  private final boolean ignoreAbove;
  private int numFeatures;
  private int[] indices = new int[64];
  private double[] values = new double[64];

  private LibsvmParser(LabelRule rule, int maxIndex, boolean ignoreAbove) {
    super(rule);
    this.maxIndex = maxIndex;
    this.ignoreAbove = ignoreAbove;
  }

  /**
   * @param numFeatures d, indices above it are refused; null when the file decides
   */
  public LibsvmParser(LabelRule rule, @Nullable Integer numFeatures) {
    this(rule, numFeatures == null ? Integer.MAX_VALUE : numFeatures, false);
  }

  /**
   * For a test set: features above {@code numFeatures} were never seen in training, have weight
   * zero and are left out.
   */
  public static LibsvmParser ignoringAbove(LabelRule rule, int numFeatures) {
    return new LibsvmParser(rule, numFeatures, true);
  }

  @Override
  public int numFeatures() {
    return numFeatures;
  }

  @Override
  public boolean addLine(byte[] text, int length, BlockBuilder rows) {
    int p = skipBlanks(text, 0, length);
    if (atEnd(text, p, length)) {
      return false;
    }
    int end = tokenEnd(text, p, length);
    double label = label(text, p, end, "field 1");
    int field = 1;
    int previous = 0;
    int numEntries = 0;
    p = skipBlanks(text, end, length);
    while (!atEnd(text, p, length)) {
      field++;
      end = tokenEnd(text, p, length);
      int colon = p;
      long index = 0;
      while (colon < end && text[colon] >= '0' && text[colon] <= '9') {
        index = Math.min(index * 10 + (text[colon] - '0'), Integer.MAX_VALUE + 1L);
        colon++;
      }
      if (colon == p || colon == end || text[colon] != ':') {
        throw refuse("field " + field, "expected index:value", text, p, end);
      }
      double value = Decimals.parse(text, colon + 1, end);
      if (!Double.isFinite(value)) {
        throw refuse("field " + field, "expected index:value with a finite value", text, p, end);
      }
      if (index <= previous) {
        throw refuse(
            "field " + field,
            index == 0
                ? "expected an index of at least 1"
                : "expected an index above " + previous + " (indices ascend)",
            text,
            p,
            end);
      }
      if (index > maxIndex && !(ignoreAbove && index <= Integer.MAX_VALUE)) {
        throw refuse("field " + field, "expected an index of at most " + maxIndex, text, p, end);
      }
      previous = (int) index;
      if (value != 0 && index <= maxIndex) {
        if (numEntries == indices.length) {
          indices = Arrays.copyOf(indices, numEntries * 2);
          values = Arrays.copyOf(values, numEntries * 2);
        }
        indices[numEntries] = previous - 1;
        values[numEntries] = value;
        numEntries++;
      }
      p = skipBlanks(text, end, length);
    }
    numFeatures = Math.max(numFeatures, Math.min(previous, maxIndex));
    rows.addSparse(label, indices, values, numEntries);
    return true;
  }

  private static boolean isBlank(byte c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
  }

  private static boolean atEnd(byte[] text, int p, int length) {
    return p == length || text[p] == '#';
  }

  private static int skipBlanks(byte[] text, int from, int length) {
    int p = from;
    while (p < length && isBlank(text[p])) {
      p++;
    }
    return p;
  }

  private static int tokenEnd(byte[] text, int from, int length) {
    int p = from;
    while (p < length && !isBlank(text[p]) && text[p] != '#') {
      p++;
    }
    return p;
  }
}
