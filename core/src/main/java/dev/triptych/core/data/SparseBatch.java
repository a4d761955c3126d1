package dev.triptych.core.data;

import java.util.Arrays;

/**
 * A mini-batch in compact coordinates: the sorted features it touches ({@link #keys()}) and the
 * same rows with column k standing for feature {@code keys()[k]}. A worker pulls K weights,
 * computes a gradient of length K and pushes it, whatever d is.
 *
 * @see dev.triptych.core.model.Objective#sparseGradient for the unbiased share of the regularizer
 */
public final class SparseBatch {
  private final int[] keys;
  private final int[] occurrences;
  private final ExampleBlock rows;

  private SparseBatch(int[] keys, int[] occurrences, ExampleBlock rows) {
    this.keys = keys;
    this.occurrences = occurrences;
    this.rows = rows;
  }

  /** Rows {@code selected[from..to)} of a block. */
  public static SparseBatch of(ExampleBlock block, int[] selected, int from, int to) {
    int numEntries = 0;
    for (int i = from; i < to; i++) {
      numEntries = Math.addExact(numEntries, block.rowLength(selected[i]));
    }
    int[] sorted = new int[numEntries];
    int next = 0;
    for (int i = from; i < to; i++) {
      int length = block.rowLength(selected[i]);
      for (int k = 0; k < length; k++) {
        sorted[next++] = block.columnAt(selected[i], k);
      }
    }
    Arrays.sort(sorted);
    int numKeys = 0;
    int[] occurrences = new int[numEntries];
    for (int e = 0; e < numEntries; e++) {
      if (e == 0 || sorted[e] != sorted[numKeys - 1]) {
        sorted[numKeys] = sorted[e];
        numKeys++;
      }
      occurrences[numKeys - 1]++;
    }
    int[] keys = Arrays.copyOf(sorted, numKeys);

    int[] rowOffsets = new int[to - from + 1];
    int[] columns = new int[numEntries];
    double[] values = block.hasImplicitOnes() ? null : new double[numEntries];
    double[] labels = new double[to - from];
    int entry = 0;
    for (int i = from; i < to; i++) {
      int row = selected[i];
      int length = block.rowLength(row);
      for (int k = 0; k < length; k++) {
        columns[entry] = Arrays.binarySearch(keys, block.columnAt(row, k));
        if (values != null) {
          values[entry] = block.valueAt(row, k);
        }
        entry++;
      }
      labels[i - from] = block.label(row);
      rowOffsets[i - from + 1] = entry;
    }
    return new SparseBatch(
        keys,
        Arrays.copyOf(occurrences, numKeys),
        ExampleBlock.sparse(numKeys, labels, rowOffsets, columns, values));
  }

  /** The touched features, ascending. */
  public int[] keys() {
    return keys;
  }

  /** How many of the batch's rows store feature {@code keys()[k]}. */
  public int occurrences(int k) {
    return occurrences[k];
  }

  /** The batch's rows over {@code keys().length} columns. */
  public ExampleBlock rows() {
    return rows;
  }
}
