package dev.triptych.core.data;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Collects rows into one {@link ExampleBlock}. Rows given sparse stay CSR; when every row is given
 * dense the block is dense. Not thread-safe.
 */
public final class BlockBuilder {
  private int numFeatures;
  private boolean dense = true;
  private int numRows;
  private int numEntries;
  private double[] labels = new double[16];
  private int[] rowOffsets = new int[17];
  private int[] columns = new int[64];
  private double[] values = new double[64];
  // by row; null as long as all are 1
  private double @Nullable [] weights;

  /** {@code numFeatures} may grow while rows with larger indices arrive. */
  public BlockBuilder(int numFeatures) {
    this.numFeatures = numFeatures;
  }

  public int numFeatures() {
    return numFeatures;
  }

  public int numRows() {
    return numRows;
  }

  /** Entries stored so far. */
  public int numEntries() {
    return numEntries;
  }

  /**
   * Adds a sparse row; the arrays are copied.
   *
   * @param indices 0-based and ascending
   */
  public void addSparse(double label, int[] indices, double[] rowValues, int length) {
    dense = false;
    reserve(length);
    System.arraycopy(indices, 0, columns, numEntries, length);
    System.arraycopy(rowValues, 0, values, numEntries, length);
    if (length > 0) {
      numFeatures = Math.max(numFeatures, indices[length - 1] + 1);
    }
    endRow(label, length);
  }

  /** Adds a dense row of {@code numFeatures} values; the array is copied. */
  public void addDense(double label, double[] rowValues) {
    if (numRows == 0) {
      numFeatures = Math.max(numFeatures, rowValues.length);
    }
    if (rowValues.length != numFeatures) {
      throw new IllegalArgumentException(
          "expected " + numFeatures + " values, got " + rowValues.length);
    }
    reserve(rowValues.length);
    for (int j = 0; j < rowValues.length; j++) {
      columns[numEntries + j] = j;
    }
    System.arraycopy(rowValues, 0, values, numEntries, rowValues.length);
    endRow(label, rowValues.length);
  }

  /** Adds one row of another block. */
  public void addRowOf(ExampleBlock block, int row) {
    dense &= block.isDense();
    numFeatures = Math.max(numFeatures, block.numFeatures());
    int length = block.rowLength(row);
    reserve(length);
    for (int k = 0; k < length; k++) {
      columns[numEntries + k] = block.columnAt(row, k);
      values[numEntries + k] = block.valueAt(row, k);
    }
    endRow(block.label(row), length);
    weigh(block.weight(row));
  }

  /** Gives the row added last a weight; 1 where nobody does. */
  public void weigh(double weight) {
    if (weights == null) {
      if (weight == 1) {
        return;
      }
      weights = new double[labels.length];
      Arrays.fill(weights, 1);
    }
    weights[numRows - 1] = weight;
  }

  /** The rows so far as one block; the builder must not be used afterwards. */
  public ExampleBlock build() {
    double[] exactLabels = Arrays.copyOf(labels, numRows);
    double[] exactValues = Arrays.copyOf(values, numEntries);
    double[] exactWeights = weights == null ? null : Arrays.copyOf(weights, numRows);
    if (dense && numRows > 0) {
      return ExampleBlock.dense(numFeatures, exactLabels, exactValues).withWeights(exactWeights);
    }
    return ExampleBlock.sparse(
            numFeatures,
            exactLabels,
            Arrays.copyOf(rowOffsets, numRows + 1),
            Arrays.copyOf(columns, numEntries),
            exactValues)
        .withWeights(exactWeights);
  }

  private void reserve(int length) {
    if (numRows + 1 >= labels.length) {
      labels = Arrays.copyOf(labels, labels.length * 2);
      rowOffsets = Arrays.copyOf(rowOffsets, labels.length + 1);
      growWeights();
    }
    int needed = Math.addExact(numEntries, length);
    if (needed > columns.length) {
      int capacity = (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(needed, columns.length * 2L));
      columns = Arrays.copyOf(columns, capacity);
      values = Arrays.copyOf(values, capacity);
    }
  }

  private void growWeights() {
    double[] old = weights;
    if (old != null) {
      weights = Arrays.copyOf(old, labels.length);
      Arrays.fill(weights, old.length, labels.length, 1);
    }
  }

  private void endRow(double label, int length) {
    labels[numRows] = label;
    numEntries += length;
    numRows++;
    rowOffsets[numRows] = numEntries;
  }
}
