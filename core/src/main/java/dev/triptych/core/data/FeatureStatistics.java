package dev.triptych.core.data;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Minimum, maximum and standard deviation of every feature, zeros that are not stored included.
 * Collected block by block and merged (Chan, Golub and LeVeque, Updating formulae, 1979), so that
 * large means do not cancel. Not thread-safe while rows are added.
 */
public final class FeatureStatistics implements Serializable {
  private static final long serialVersionUID = 1L;

  private long numRows;
  // Over the stored entries only; the zeros are merged in when asked.
  private final long[] counts;
  private final double[] means;
  private final double[] squares;
  private final double[] minima;
  private final double[] maxima;

  public FeatureStatistics(int numFeatures) {
    counts = new long[numFeatures];
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

  public long numRows() {
    return numRows;
  }

  /** Rows that store feature j. */
  public long count(int feature) {
    return counts[feature];
  }

  public void add(ExampleBlock block) {
    numRows += block.numRows();
    for (int r = 0; r < block.numRows(); r++) {
      int length = block.rowLength(r);
      for (int k = 0; k < length; k++) {
        int j = block.columnAt(r, k);
        double x = block.valueAt(r, k);
        counts[j]++;
        double delta = x - means[j];
        means[j] += delta / counts[j];
        squares[j] += delta * (x - means[j]);
        minima[j] = Math.min(minima[j], x);
        maxima[j] = Math.max(maxima[j], x);
      }
    }
  }

  /** Adds the rows that another has seen; returns this. */
  public FeatureStatistics merge(FeatureStatistics other) {
    numRows += other.numRows;
    for (int j = 0; j < counts.length; j++) {
      long total = counts[j] + other.counts[j];
      if (other.counts[j] > 0) {
        double delta = other.means[j] - means[j];
        squares[j] +=
            other.squares[j] + delta * delta * ((double) counts[j] * other.counts[j] / total);
        means[j] += delta * other.counts[j] / total;
        counts[j] = total;
        minima[j] = Math.min(minima[j], other.minima[j]);
        maxima[j] = Math.max(maxima[j], other.maxima[j]);
      }
    }
    return this;
  }

  /** (1/n) Σ x over all rows, zeros included. */
  public double mean(int feature) {
    return numRows == 0 ? 0 : means[feature] * counts[feature] / numRows;
  }

  /** Smallest value, 0 for a feature that never occurs. */
  public double min(int feature) {
    return counts[feature] < numRows ? Math.min(0, minima[feature]) : minima[feature];
  }

  /** Largest value, 0 for a feature that never occurs. */
  public double max(int feature) {
    return counts[feature] < numRows ? Math.max(0, maxima[feature]) : maxima[feature];
  }

  /** Square root of Σ (x − mean)² / (n − 1); 0 for a single row. */
  public double standardDeviation(int feature) {
    if (numRows < 2) {
      return 0;
    }
    long stored = counts[feature];
    double zeros = numRows - stored;
    double sum = squares[feature] + means[feature] * means[feature] * (zeros * stored / numRows);
    return Math.sqrt(sum / (numRows - 1));
  }
}
