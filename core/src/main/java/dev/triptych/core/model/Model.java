package dev.triptych.core.model;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.Loss.LabelKind;
import java.io.Serializable;

/**
 * Parameter layout, loss and gradient of one kind of model over {@link #numFeatures()} features.
 * Feature j has the parameters [jP, (j+1)P), P being {@link #parametersPerFeature()}; behind those
 * of all features come the shared ones. The penalised ones are a prefix. Stateless and thread-safe.
 * Losses and gradients here are sums over rows, each times its example's weight c_i ({@link
 * ExampleBlock#weight}); means and the regularizer belong to {@link Objective}.
 */
public interface Model extends Serializable {
  int numFeatures();

  /** P, at least 1. */
  default int parametersPerFeature() {
    return 1;
  }

  /**
   * Length of the weight vector: {@code numFeatures() * parametersPerFeature()}, and the shared.
   */
  int numParameters();

  /** The parameters of the features; the shared ones start here. */
  default int numFeatureParameters() {
    return numFeatures() * parametersPerFeature();
  }

  /**
   * Parameters [0, numPenalised) are regularized, the rest (an intercept) are not. All those of
   * features are.
   */
  int numPenalised();

  /** Σ over the block's rows of c_i ℓ_i. */
  double lossSum(ExampleBlock block, double[] weights);

  /** Adds {@code scale} · Σ c_i ∂ℓ_i/∂w over rows {@code rows[from..to)} to {@code gradient}. */
  void addGradient(
      ExampleBlock block,
      int[] rows,
      int from,
      int to,
      double[] weights,
      double scale,
      double[] gradient);

  /**
   * Σ over the block's rows of c_i ℓ_i, and adds {@code scale} · Σ c_i ∂ℓ_i/∂w to {@code gradient},
   * in one pass over the rows.
   */
  double addLossGradient(ExampleBlock block, double[] weights, double scale, double[] gradient);

  /**
   * What is predicted for a row, for metrics: where labels are −1 and +1 a score, positive for the
   * positive class; where they are classes the most probable one; else an estimate of the label
   * (counts: of its logarithm).
   */
  double score(ExampleBlock block, int row, double[] weights);

  /** Which labels it is made for. */
  LabelKind labelKind();

  /**
   * sup over w of the mean curvature along one example with squared norm {@code squaredNorm}, or
   * where there is no bound its order of magnitude near the start; see automatic step sizes.
   */
  double curvatureBound(double squaredNorm);

  /** Where training starts, by parameter; 0 everywhere for convex objectives. */
  default InitialWeights initialWeights(long seed) {
    return InitialWeights.zero();
  }

  /**
   * Whether the loss depends on P affine scores, s_p = Σ_j w_{jP+p} x_j + b_p, the b_p being the
   * only shared parameters. Such objectives gain from centred and scaled features.
   */
  default boolean hasIntercepts() {
    return false;
  }

  /** The same model over another number of features; used for compact mini-batches. */
  Model withNumFeatures(int numFeatures);
}
