package dev.triptych.core.data;

import java.io.Serializable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * x_j ← (x_j − shift_j) · factor_j for every feature. Features with a shift of 0 keep their zeros
 * unstored; one with another shift gets an entry in every row. Immutable and thread-safe.
 */
public final class FeatureScaling implements Serializable {
  private static final long serialVersionUID = 1L;

  private final double[] factors;
  private final double @Nullable [] shifts;
  private final int[] shifted;

  private FeatureScaling(double[] factors, double @Nullable [] shifts) {
    this.factors = factors;
    this.shifts = shifts;
    int count = 0;
    int[] found = new int[shifts == null ? 0 : shifts.length];
    for (int j = 0; j < found.length; j++) {
      if (shifts != null && shifts[j] != 0) {
        found[count++] = j;
      }
    }
    this.shifted = Arrays.copyOf(found, count);
  }

  /** Every value times {@code factor}. */
  public static FeatureScaling factor(int numFeatures, double factor) {
    double[] factors = new double[numFeatures];
    Arrays.fill(factors, factor);
    return new FeatureScaling(factors, null);
  }

  /** Every feature to [0, 1] over all rows, unstored zeros included; a constant one becomes 0. */
  public static FeatureScaling minMax(FeatureStatistics statistics) {
    int numFeatures = statistics.numFeatures();
    double[] factors = new double[numFeatures];
    double[] shifts = new double[numFeatures];
    for (int j = 0; j < numFeatures; j++) {
      double range = statistics.max(j) - statistics.min(j);
      factors[j] = range > 0 ? 1 / range : 1;
      shifts[j] = statistics.min(j);
    }
    return new FeatureScaling(factors, shifts);
  }

  /**
   * Every feature to standard deviation 1 (divisor n − 1), not centred, so that zeros stay zeros:
   * as MLlib's StandardScaler by default. A constant feature stays as it is.
   */
  public static FeatureScaling standard(FeatureStatistics statistics) {
    double[] factors = new double[statistics.numFeatures()];
    for (int j = 0; j < factors.length; j++) {
      double deviation = statistics.standardDeviation(j);
      factors[j] = deviation > 0 ? 1 / deviation : 1;
    }
    return new FeatureScaling(factors, null);
  }

  /** Features that get an entry in every row, ascending. */
  public int[] shiftedFeatures() {
    return shifted.clone();
  }

  /** The scaled examples, in the same layout. */
  public ExampleBlock apply(ExampleBlock block) {
    if (shifts == null || shifted.length == 0) {
      return block.scaleColumns(factors);
    }
    return block.isDense() ? shiftDense(block, shifts) : shiftSparse(block, shifts);
  }

  private ExampleBlock shiftDense(ExampleBlock block, double[] subtrahends) {
    int numFeatures = block.numFeatures();
    double[] values = new double[Math.multiplyExact(block.numRows(), numFeatures)];
    int next = 0;
    for (int r = 0; r < block.numRows(); r++) {
      for (int j = 0; j < numFeatures; j++) {
        values[next++] = (block.valueAt(r, j) - subtrahends[j]) * factors[j];
      }
    }
    return ExampleBlock.dense(numFeatures, labels(block), values).withWeights(weights(block));
  }

  private ExampleBlock shiftSparse(ExampleBlock block, double[] subtrahends) {
    BlockBuilder rows = new BlockBuilder(block.numFeatures());
    int[] indices = new int[block.numFeatures()];
    double[] values = new double[block.numFeatures()];
    for (int r = 0; r < block.numRows(); r++) {
      int length = block.rowLength(r);
      int next = 0;
      int s = 0;
      for (int k = 0; k < length; k++) {
        int column = block.columnAt(r, k);
        for (; s < shifted.length && shifted[s] < column; s++) {
          indices[next] = shifted[s];
          values[next++] = -subtrahends[shifted[s]] * factors[shifted[s]];
        }
        if (s < shifted.length && shifted[s] == column) {
          s++;
        }
        indices[next] = column;
        values[next++] = (block.valueAt(r, k) - subtrahends[column]) * factors[column];
      }
      for (; s < shifted.length; s++) {
        indices[next] = shifted[s];
        values[next++] = -subtrahends[shifted[s]] * factors[shifted[s]];
      }
      rows.addSparse(block.label(r), indices, values, next);
      rows.weigh(block.weight(r));
    }
    return rows.build();
  }

  private static double[] weights(ExampleBlock block) {
    double[] weights = new double[block.numRows()];
    for (int r = 0; r < weights.length; r++) {
      weights[r] = block.weight(r);
    }
    return weights;
  }

  private static double[] labels(ExampleBlock block) {
    double[] labels = new double[block.numRows()];
    for (int r = 0; r < labels.length; r++) {
      labels[r] = block.label(r);
    }
    return labels;
  }
}
