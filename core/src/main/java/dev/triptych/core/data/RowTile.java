package dev.triptych.core.data;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Products of a few sparse rows with a matrix that is too large for the nearest cache, feature by
 * feature: the matrix row of a feature is read once for all rows of the tile that store the
 * feature, and what the rows have of their own stays near. Not thread-safe: keeps its scratch.
 */
public final class RowTile {
  /** Rows of a tile: 16 rows of 128 numbers are 16 kB. */
  public static final int ROWS = 16;

  private int[] starts = new int[0];
  private int[] rowOf = new int[0];
  private double[] values = new double[0];
  private int numFeatures;

  /**
   * Whether a tile of rows is likely to pay: where rows share features, and a feature has many
   * numbers.
   */
  public static boolean pays(ExampleBlock block, int width) {
    return !block.isDense()
        && width >= 16
        && block.numStored() * (double) ROWS > block.numRows() * 2.0 * block.numFeatures();
  }

  /** Takes the rows {@code rows[from..to)}, or from to to themselves; at most {@link #ROWS}. */
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

  /** into[at + i·width + p] += Σ_j x_ij weights[j·width + p] for the tile's rows i. */
  public void addProducts(double[] weights, int width, double[] into, int at) {
    for (int j = 0; j < numFeatures; j++) {
      int end = starts[j + 1];
      for (int e = starts[j]; e < end; e++) {
        axpy(width, values[e], weights, j * width, into, at + rowOf[e] * width);
      }
    }
  }

  /** The transposed: target[j·width + p] += Σ_i x_ij factors[at + i·width + p]. */
  public void addOuter(double[] factors, int at, int width, double[] target) {
    for (int j = 0; j < numFeatures; j++) {
      int end = starts[j + 1];
      int e = starts[j];
      for (; e < end - 3; e += 4) {
        double x0 = values[e];
        double x1 = values[e + 1];
        double x2 = values[e + 2];
        double x3 = values[e + 3];
        int f0 = at + rowOf[e] * width;
        int f1 = at + rowOf[e + 1] * width;
        int f2 = at + rowOf[e + 2] * width;
        int f3 = at + rowOf[e + 3] * width;
        int to = j * width;
        for (int p = 0; p < width; p++) {
          target[to + p] +=
              x0 * factors[f0 + p]
                  + x1 * factors[f1 + p]
                  + (x2 * factors[f2 + p] + x3 * factors[f3 + p]);
        }
      }
      for (; e < end; e++) {
        axpy(width, values[e], factors, at + rowOf[e] * width, target, j * width);
      }
    }
  }

  private static void axpy(int n, double a, double[] x, int xAt, double[] y, int yAt) {
    for (int p = 0; p < n; p++) {
      y[yAt + p] += a * x[xAt + p];
    }
  }
}
