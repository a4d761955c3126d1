package dev.triptych.core.model;

import java.io.Serializable;

/**
 * r(w) = (l2/2) Σ_j w_j² + l1 Σ_j |w_j| over the penalised parameters: ridge, lasso, or the elastic
 * net of both (Zou, Hastie 2005). Immutable and thread-safe.
 *
 * @param l2 λ₂ ≥ 0, finite
 * @param l1 λ₁ ≥ 0, finite
 */
public record Regularizer(double l2, double l1) implements Serializable {
  public Regularizer {
    if (!(l2 >= 0) || Double.isInfinite(l2)) {
      throw new IllegalArgumentException("lambda must be finite and not negative, got " + l2);
    }
    if (!(l1 >= 0) || Double.isInfinite(l1)) {
      throw new IllegalArgumentException("l1 must be finite and not negative, got " + l1);
    }
  }

  /**
   * λ (α Σ|w_j| + (1 − α)/2 Σ w_j²), as MLlib and glmnet mix the two.
   *
   * @param lambda λ ≥ 0
   * @param share α in [0, 1], MLlib's {@code elasticNetParam}
   */
  public static Regularizer elasticNet(double lambda, double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("the share of L1 must be in [0, 1], got " + share);
    }
    return new Regularizer(lambda * (1 - share), lambda * share);
  }

  /** Whether r is zero everywhere. */
  public boolean isNone() {
    return l2 == 0 && l1 == 0;
  }

  /** r′(w_j) of one weight, a subgradient: 0 at 0. */
  public double slope(double weight) {
    return l1 == 0 ? l2 * weight : l2 * weight + l1 * Math.signum(weight);
  }

  /** r(w) over the first {@code numPenalised} weights. */
  public double value(double[] weights, int numPenalised) {
    double squares = 0;
    double absolutes = 0;
    for (int j = 0; j < numPenalised; j++) {
      squares += weights[j] * weights[j];
      absolutes += Math.abs(weights[j]);
    }
    return value(squares, absolutes);
  }

  /** r from Σ w_j² and Σ |w_j|. */
  public double value(double squaredNorm, double absoluteNorm) {
    return 0.5 * l2 * squaredNorm + l1 * absoluteNorm;
  }
}
