package dev.triptych.core.data;

import dev.triptych.core.kernel.RowCombination;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Some sparse rows, transposed: for each feature the rows that store it, so that what a feature
 * receives from all of them is summed near the processor and written once. Not thread-safe: keeps
 * its scratch.
 */
public final class RowTile {
  private static final RowCombination ROWS = RowCombination.fastest();

  private int[] starts = new int[0];
  private int[] rowOf = new int[0];
  private double[] values = new double[0];
  private int numFeatures;

  /**
   * Whether a tile of so many rows is likely to pay: where rows share features, and a feature has
   * many numbers.
   */
  public static boolean pays(ExampleBlock block, int numRows, int width) {
    return !block.isDense()
        && width >= 16
        && block.numStored() * (double) numRows > block.numRows() * 2.0 * block.numFeatures();
  }

  /** Takes the rows {@code rows[from..to)}, or from to to themselves. */
  public void take(ExampleBlock block, int @Nullable [] rows, int from, int to) {
    numFeatures = block.numFeatures();
    if (starts.length < numFeatures + 2) {
      starts = new int[numFeatures + 2];
    }
    Arrays.fill(starts, 0, numFeatures + 2, 0);
    int count = 0;
    for (int i = from; i < to; i++) {
      int row = rows == null ? i : rows[i];
      int length = block.rowLength(row);
      count += length;
      for (int k = 0; k < length; k++) {
        starts[block.columnAt(row, k) + 2]++;
      }
    }
    for (int j = 2; j < numFeatures + 2; j++) {
      starts[j] += starts[j - 1];
    }
    if (rowOf.length < count) {
      rowOf = new int[count];
      values = new double[count];
    }
    for (int i = from; i < to; i++) {
      int row = rows == null ? i : rows[i];
      int length = block.rowLength(row);
      for (int k = 0; k < length; k++) {
        int at = starts[block.columnAt(row, k) + 1]++;
        rowOf[at] = i - from;
        values[at] = block.valueAt(row, k);
      }
    }
  }

  /** target[j·width + p] += Σ_i x_ij factors[i·width + p], over the tile's rows i. */
  public void addOuter(double[] factors, int width, double[] target) {
    for (int j = 0; j < numFeatures; j++) {
      if (starts[j] < starts[j + 1]) {
        ROWS.add(
            rowOf, values, starts[j], starts[j + 1], factors, 0, width, target, j * width, width);
      }
    }
  }
}
