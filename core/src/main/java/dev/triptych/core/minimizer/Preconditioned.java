package dev.triptych.core.minimizer;

import dev.triptych.core.data.FeatureStatistics;

/**
 * A linear model's weights, intercept last, in coordinates in which its objective is rounder, so
 * that L-BFGS needs fewer passes; the objective stays the same one, penalty included. Features are
 * centred and scaled, score = Σ_j u_j (x_j − μ_j)/d_j + u_d, so w_j = u_j/d_j and b = u_d − Σ_j μ_j
 * w_j. d_j is the root of the curvature along w_j, κ Var(x_j) + λ (Jacobi's preconditioner), κ
 * being the loss's. Immutable and thread-safe.
 */
public final class Preconditioned {
  private final double[] inverse;
  private final double[] means;

  /**
   * @param curvature κ > 0, of the loss along the score
   * @param lambda λ ≥ 0
   */
  public Preconditioned(FeatureStatistics statistics, double curvature, double lambda) {
    int numFeatures = statistics.numFeatures();
    this.means = new double[numFeatures];
    this.inverse = new double[numFeatures];
    for (int j = 0; j < numFeatures; j++) {
      double deviation = statistics.standardDeviation(j);
      means[j] = statistics.mean(j);
      double steepness = Math.sqrt(curvature * deviation * deviation + lambda);
      inverse[j] = steepness > 0 ? 1 / steepness : 1;
    }
  }

  /** w and b of u. */
  public double[] weights(double[] u) {
    double[] w = u.clone();
    double shift = 0;
    for (int j = 0; j < inverse.length; j++) {
      w[j] = u[j] * inverse[j];
      shift += means[j] * w[j];
    }
    w[inverse.length] -= shift;
    return w;
  }

  /** Σ_j c_j |w_j| as one of u: c_j/d_j by coordinate, 0 for the intercept. */
  public double[] l1(double[] ofWeights) {
    double[] ofU = ofWeights.clone();
    for (int j = 0; j < inverse.length; j++) {
      ofU[j] *= inverse[j];
    }
    return ofU;
  }

  /** The objective of w as one of u. */
  public Evaluation of(Evaluation objective) {
    return (u, gradient) -> {
      double value = objective.at(weights(u), gradient);
      double slope = gradient[inverse.length];
      for (int j = 0; j < inverse.length; j++) {
        gradient[j] = (gradient[j] - means[j] * slope) * inverse[j];
      }
      return value;
    };
  }
}
