package dev.triptych.core.model;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.Loss.LabelKind;
import java.io.Serializable;

/**
 * Parameter layout, loss and gradient of one kind of model over {@link #numFeatures()} features.
 * Stateless and thread-safe. Losses and gradients here are sums over rows, each times its example's
 * weight c_i ({@link ExampleBlock#weight}); means and the regularizer belong to {@link Objective}.
 */
public interface Model extends Serializable {
  int numFeatures();

  /** Length of the weight vector. */
  int numParameters();

  /** Parameters [0, numPenalised) are regularized, the rest (an intercept) are not. */
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

  /** Score of a row, for metrics: positive means the positive class. */
  double score(ExampleBlock block, int row, double[] weights);

  /** Which labels it is made for. */
  LabelKind labelKind();

  /**
   * sup over w of the mean curvature along one example with squared norm {@code squaredNorm}; see
   * automatic step sizes.
   */
  double curvatureBound(double squaredNorm);

  /** The same model over another number of features; used for compact mini-batches. */
  Model withNumFeatures(int numFeatures);
}
