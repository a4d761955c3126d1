package dev.triptych.core.data;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Minimum, maximum, weighted mean and weighted standard deviation of every feature, zeros that are
 * not stored included. An example with weight 0 counts as one that is not there. Collected block by
 * block and merged (Chan, Golub and LeVeque, Updating formulae, 1979), so that large means do not
 * cancel. Not thread-safe while rows are added.
 */
public final class FeatureStatistics implements Serializable {
  private static final long serialVersionUID = 1L;

  private long numRows;
  private double weightSum;
  private double squaredWeightSum;
  // Over the stored entries only; the zeros are merged in when asked.
  private final long[] counts;
  private final double[] weights;
  private final double[] means;
  private final double[] squares;
  private final double[] minima;
  private final double[] maxima;

  public FeatureStatistics(int numFeatures) {
    counts = new long[numFeatures];
    weights = new double[numFeatures];
    means = new double[numFeatures];
    squares = new double[numFeatures];
    minima = new double[numFeatures];
    maxima = new double[numFeatures];
    Arrays.fill(minima, Double.POSITIVE_INFINITY);
    Arrays.fill(maxima, Double.NEGATIVE_INFINITY);
  }

  public int numFeatures() {
    return counts.length;
  }

  /** Rows with a weight above 0. */
  public long numRows() {
    return numRows;
  }

  /** Rows with a weight above 0 that store feature j. */
  public long count(int feature) {
    return counts[feature];
  }

  public void add(ExampleBlock block) {
    if (block.hasImplicitOnes() && !block.hasWeights()) {
      merge(ofOnes(block));
      return;
    }
    for (int r = 0; r < block.numRows(); r++) {
      double weight = block.weight(r);
      if (weight == 0) {
        continue;
      }
      numRows++;
      weightSum += weight;
      squaredWeightSum += weight * weight;
      int length = block.rowLength(r);
      for (int k = 0; k < length; k++) {
        int j = block.columnAt(r, k);
        double x = block.valueAt(r, k);
        counts[j]++;
        double delta = x - means[j];
        weights[j] += weight;
        // The quotient first: it is 1 for the first value, so that constants have deviation 0.
        means[j] += delta * (weight / weights[j]);
        squares[j] += weight * delta * (x - means[j]);
        minima[j] = Math.min(minima[j], x);
        maxima[j] = Math.max(maxima[j], x);
      }
    }
  }

  /** Where all stored values are 1, counting is enough. */
  private static FeatureStatistics ofOnes(ExampleBlock block) {
    FeatureStatistics ones = new FeatureStatistics(block.numFeatures());
    int[] stored = new int[block.numFeatures()];
    block.countStored(stored);
    ones.numRows = block.numRows();
    ones.weightSum = block.numRows();
    ones.squaredWeightSum = block.numRows();
    for (int j = 0; j < stored.length; j++) {
      if (stored[j] > 0) {
        ones.counts[j] = stored[j];
        ones.weights[j] = stored[j];
        ones.means[j] = 1;
        ones.minima[j] = 1;
        ones.maxima[j] = 1;
      }
    }
    return ones;
  }

  /** Adds the rows that another has seen; returns this. */
  public FeatureStatistics merge(FeatureStatistics other) {
    numRows += other.numRows;
    weightSum += other.weightSum;
    squaredWeightSum += other.squaredWeightSum;
    for (int j = 0; j < counts.length; j++) {
      if (other.counts[j] > 0) {
        double total = weights[j] + other.weights[j];
        double delta = other.means[j] - means[j];
        squares[j] += other.squares[j] + delta * delta * (weights[j] * other.weights[j] / total);
        means[j] += delta * (other.weights[j] / total);
        weights[j] = total;
        counts[j] += other.counts[j];
        minima[j] = Math.min(minima[j], other.minima[j]);
        maxima[j] = Math.max(maxima[j], other.maxima[j]);
      }
    }
    return this;
  }

  /** Σ c x / Σ c over all rows, zeros included. */
  public double mean(int feature) {
    return numRows == 0 ? 0 : means[feature] * weights[feature] / weightSum;
  }

  /** Smallest value, 0 for a feature that never occurs. */
  public double min(int feature) {
    return counts[feature] < numRows ? Math.min(0, minima[feature]) : minima[feature];
  }

  /** Largest value, 0 for a feature that never occurs. */
  public double max(int feature) {
    return counts[feature] < numRows ? Math.max(0, maxima[feature]) : maxima[feature];
  }

  /**
   * Square root of Σ c (x − mean)² / (Σ c − Σ c² / Σ c), the unbiased variance for reliability
   * weights c, as in MLlib; n − 1 where all weights are 1. 0 for a single row.
   */
  public double standardDeviation(int feature) {
    if (numRows < 2) {
      return 0;
    }
    double stored = weights[feature];
    // Exactly none where every row stores the feature, so that a constant has deviation 0.
    double zeros = counts[feature] == numRows ? 0 : weightSum - stored;
    double sum = squares[feature] + means[feature] * means[feature] * (zeros * stored / weightSum);
    return Math.sqrt(sum / (weightSum - squaredWeightSum / weightSum));
  }
}
