package dev.triptych.ml.training;

import java.io.Serializable;

/**
 * Weighted mean and standard deviation of numbers, collected one by one and merged (Chan, Golub and
 * LeVeque, Updating formulae, 1979). Not thread-safe.
 */
final class Moments implements Serializable {
  private static final long serialVersionUID = 1L;

  private double weightSum;
  private double squaredWeightSum;
  private double mean;
  private double squares;

  /** Adds a number x with weight c ≥ 0. */
  void add(double x, double weight) {
    if (weight > 0) {
      weightSum += weight;
      squaredWeightSum += weight * weight;
      double delta = x - mean;
      mean += delta * (weight / weightSum);
      squares += weight * delta * (x - mean);
    }
  }

  /** Adds what another has seen; returns this. */
  Moments merge(Moments other) {
    if (other.weightSum > 0) {
      double total = weightSum + other.weightSum;
      double delta = other.mean - mean;
      squares += other.squares + delta * delta * (weightSum * other.weightSum / total);
      mean += delta * (other.weightSum / total);
      weightSum = total;
      squaredWeightSum += other.squaredWeightSum;
    }
    return this;
  }

  /** Σ c. */
  double weightSum() {
    return weightSum;
  }

  /** Σ c x / Σ c. */
  double mean() {
    return mean;
  }

  /**
   * Square root of Σ c (x − mean)² / (Σ c − Σ c² / Σ c), the unbiased variance for reliability
   * weights, as in MLlib; n − 1 where all weights are 1. 0 for a single number.
   */
  double standardDeviation() {
    double freedom = weightSum - squaredWeightSum / weightSum;
    return freedom > 0 ? Math.sqrt(squares / freedom) : 0;
  }

  /** √((Σ c − Σ c² / Σ c) / Σ c). */
  double populationFactor() {
    return Math.sqrt((weightSum - squaredWeightSum / weightSum) / weightSum);
  }
}
