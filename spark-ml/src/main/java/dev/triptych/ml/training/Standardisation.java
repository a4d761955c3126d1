package dev.triptych.ml.training;

/**
 * MLlib's standardisation: features are divided by their standard deviations and not centred, so
 * that the penalty is one on the coefficients of the divided features. Features with deviation 0
 * take no part, whether the others are divided or not. Immutable.
 */
public final class Standardisation {
  private final double[] factors;

  /**
   * @param deviations of the features
   * @param on whether features that vary are divided
   */
  public Standardisation(double[] deviations, boolean on) {
    factors = new double[deviations.length];
    for (int j = 0; j < factors.length; j++) {
      factors[j] = deviations[j] == 0 ? 0 : on ? 1 / deviations[j] : 1;
    }
  }

  /** What feature j is multiplied with before training. */
  public double[] factors() {
    return factors.clone();
  }

  /**
   * Coefficients of the features as they were.
   *
   * @param weights feature-major: those of feature j at [j·p, (j+1)·p); may be longer
   * @param perFeature p
   * @return length d·p
   */
  public double[] original(double[] weights, int perFeature) {
    double[] coefficients = new double[factors.length * perFeature];
    for (int k = 0; k < coefficients.length; k++) {
      double factor = factors[k / perFeature];
      coefficients[k] = factor == 0 ? 0 : weights[k] * factor;
    }
    return coefficients;
  }

  /** The inverse of {@link #original}: where to start from given coefficients. */
  public double[] standardised(double[] coefficients, int perFeature) {
    double[] weights = new double[coefficients.length];
    for (int k = 0; k < weights.length; k++) {
      double factor = factors[k / perFeature];
      weights[k] = factor == 0 ? 0 : coefficients[k] / factor;
    }
    return weights;
  }
}
