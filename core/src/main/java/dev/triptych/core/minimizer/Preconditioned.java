package dev.triptych.core.minimizer;

import dev.triptych.core.data.FeatureStatistics;
import java.io.Serializable;

/**
 * The weights of a model with P affine scores (a linear one has one, softmax one per class), P for
 * each feature, then the P intercepts, in coordinates in which its objective is rounder, so that
 * L-BFGS needs fewer passes; the objective stays the same one, penalty included. Features are
 * centred and scaled, each score = Σ_j u_j (x_j − μ_j)/d_j + u_d/√κ, so w_j = u_j/d_j and b =
 * u_d/√κ − Σ_j μ_j w_j. d_j is the root of the curvature along w_j, κ Var(x_j) + λ (Jacobi's
 * preconditioner), κ being the loss's. Immutable and thread-safe.
 */
public final class Preconditioned implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int numScores;
  private final double[] inverse;
  private final double[] means;
  private final double ofIntercept;

  /**
   * @param numScores P
   * @param curvature κ > 0, of the loss along a score
   * @param lambda λ ≥ 0
   */
  public Preconditioned(
      FeatureStatistics statistics, int numScores, double curvature, double lambda) {
    int numFeatures = statistics.numFeatures();
    this.numScores = numScores;
    this.means = new double[numFeatures];
    this.inverse = new double[numFeatures];
    this.ofIntercept = 1 / Math.sqrt(curvature);
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
    int intercepts = inverse.length * numScores;
    for (int p = 0; p < numScores; p++) {
      double shift = 0;
      for (int j = 0; j < inverse.length; j++) {
        int at = j * numScores + p;
        w[at] = u[at] * inverse[j];
        shift += means[j] * w[at];
      }
      w[intercepts + p] = u[intercepts + p] * ofIntercept - shift;
    }
    return w;
  }

  /** u of w and b: where to start. */
  public double[] coordinates(double[] w) {
    double[] u = w.clone();
    int intercepts = inverse.length * numScores;
    for (int p = 0; p < numScores; p++) {
      double shift = 0;
      for (int j = 0; j < inverse.length; j++) {
        int at = j * numScores + p;
        u[at] = w[at] / inverse[j];
        shift += means[j] * w[at];
      }
      u[intercepts + p] = (w[intercepts + p] + shift) / ofIntercept;
    }
    return u;
  }

  /** Σ_j c_j |w_j| as one of u: c_j/d_j by coordinate, 0 for the intercepts. */
  public double[] l1(double[] ofWeights) {
    double[] ofU = ofWeights.clone();
    for (int at = 0; at < inverse.length * numScores; at++) {
      ofU[at] *= inverse[at / numScores];
    }
    return ofU;
  }

  /** The objective of w as one of u. */
  public Evaluation of(Evaluation objective) {
    return (u, gradient) -> {
      double value = objective.at(weights(u), gradient);
      int intercepts = inverse.length * numScores;
      for (int p = 0; p < numScores; p++) {
        double slope = gradient[intercepts + p];
        for (int j = 0; j < inverse.length; j++) {
          int at = j * numScores + p;
          gradient[at] = (gradient[at] - means[j] * slope) * inverse[j];
        }
        gradient[intercepts + p] = slope * ofIntercept;
      }
      return value;
    };
  }
}
