package dev.triptych.ml.training;

import java.util.Arrays;

/**
 * MLlib's standardisation: features are divided by their standard deviations and not centred, so
 * that the penalty is one on the coefficients of the divided features. Features with deviation 0
 * take no part, whether the others are divided or not. Immutable.
 *
 * <p>Weights are feature-major: those of feature j at [j·p, (j+1)·p), then those of no feature.
 */
public final class Standardisation {
  private final double[] factors;

  private Standardisation(double[] factors) {
    this.factors = factors;
  }

  /**
   * By the features' standard deviations.
   *
   * @param deviations of the features
   * @param on whether features that vary are divided
   */
  public static Standardisation of(double[] deviations, boolean on) {
    double[] factors = new double[deviations.length];
    for (int j = 0; j < factors.length; j++) {
      factors[j] = deviations[j] == 0 ? 0 : on ? 1 / deviations[j] : 1;
    }
    return new Standardisation(factors);
  }

  /** Features as they are, constant ones too. */
  public static Standardisation none(int numFeatures) {
    double[] ones = new double[numFeatures];
    Arrays.fill(ones, 1);
    return new Standardisation(ones);
  }

  /** What feature j is multiplied with before training. */
  public double[] factors() {
    return factors.clone();
  }

  /** Weights of the features as they were, from those of the standardised ones. */
  public double[] original(double[] weights, int perFeature) {
    double[] original = weights.clone();
    for (int k = 0; k < factors.length * perFeature; k++) {
      double factor = factors[k / perFeature];
      original[k] = factor == 0 ? 0 : weights[k] * factor;
    }
    return original;
  }

  /** The inverse of {@link #original}; 0 for features that take no part. */
  public double[] standardised(double[] weights, int perFeature) {
    double[] standardised = weights.clone();
    for (int k = 0; k < factors.length * perFeature; k++) {
      double factor = factors[k / perFeature];
      standardised[k] = factor == 0 ? 0 : weights[k] / factor;
    }
    return standardised;
  }
}
