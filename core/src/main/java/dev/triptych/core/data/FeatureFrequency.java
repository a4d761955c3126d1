package dev.triptych.core.data;

import java.io.Serializable;

/**
 * In which share p_j of all examples the feature in column j of a block is stored. Sparse
 * mini-batch gradients weigh the regularizer by 1/p_j. The counts are not copied. Thread-safe as
 * long as nobody writes to them.
 */
public final class FeatureFrequency implements Serializable {
  private static final long serialVersionUID = 1L;

  private final long numExamples;
  private final int[] counts;

  /** {@code counts[j]} of {@code numExamples} examples store feature j. */
  public FeatureFrequency(long numExamples, int[] counts) {
    this.numExamples = numExamples;
    this.counts = counts;
  }

  /** How many examples store the feature. */
  public int count(int feature) {
    return counts[feature];
  }

  /** 1/p_j for a feature that some example stores. */
  public double inverse(int feature) {
    return (double) numExamples / counts[feature];
  }

  /**
   * max 1/p_j over the features that occur: how much a rare feature's share of the regularizer is
   * magnified.
   */
  public double maxInverse() {
    int rarest = Integer.MAX_VALUE;
    for (int count : counts) {
      if (count > 0) {
        rarest = Math.min(rarest, count);
      }
    }
    return rarest == Integer.MAX_VALUE ? 1 : (double) numExamples / rarest;
  }

  /**
   * How many different features the rows of a mini-batch store, on average over mini-batches of
   * {@code batchSize} independent rows: Σ_j 1 − (1 − p_j)^b. Costs a power for each feature.
   */
  public double expectedTouched(int batchSize) {
    double sum = 0;
    for (int count : counts) {
      if (count > 0) {
        sum += 1 - Math.pow(1 - (double) count / numExamples, batchSize);
      }
    }
    return sum;
  }
}
