package dev.triptych.core.model;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.FeatureFrequency;
import dev.triptych.core.data.SparseBatch;
import java.io.Serializable;
import java.util.Arrays;

/**
 * F(w) = (1/n) Σ_i ℓ_i(w) + (λ/2) Σ_{j penalised} w_j². The only place where the mean and λ meet.
 * Gradients are ∂F/∂w and optimizers subtract. Immutable and thread-safe.
 */
public final class Objective implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Model model;
  private final double lambda;

  /**
   * @throws IllegalArgumentException if λ is negative or not finite
   */
  public Objective(Model model, double lambda) {
    if (!(lambda >= 0) || Double.isInfinite(lambda)) {
      throw new IllegalArgumentException("lambda must be finite and not negative, got " + lambda);
    }
    this.model = model;
    this.lambda = lambda;
  }

  public Model model() {
    return model;
  }

  public double lambda() {
    return lambda;
  }

  /** F(w) from a loss sum over n examples. */
  public double value(double lossSum, long numExamples, double[] weights) {
    return lossSum / numExamples + penalty(weights);
  }

  /** F(w) from a loss sum over n examples and Σ w_j² over the penalised parameters. */
  public double valueAt(double lossSum, long numExamples, double squaredNorm) {
    return lossSum / numExamples + 0.5 * lambda * squaredNorm;
  }

  /** (λ/2) Σ w_j². */
  public double penalty(double[] weights) {
    double sum = 0;
    int numPenalised = model.numPenalised();
    for (int j = 0; j < numPenalised; j++) {
      sum += weights[j] * weights[j];
    }
    return 0.5 * lambda * sum;
  }

  /** gradient += scale · λ w over the penalised parameters. */
  public void addPenaltyGradient(double[] weights, double scale, double[] gradient) {
    double factor = scale * lambda;
    if (factor == 0) {
      return;
    }
    int numPenalised = model.numPenalised();
    for (int j = 0; j < numPenalised; j++) {
      gradient[j] += factor * weights[j];
    }
  }

  /**
   * Dense mini-batch gradient: gradient ← (1/b) Σ_{i in batch} ∂ℓ_i + λw over rows {@code
   * rows[from..to)}. Its expectation over uniformly drawn batches is ∂F/∂w.
   */
  public void batchGradient(
      ExampleBlock block, int[] rows, int from, int to, double[] weights, double[] gradient) {
    Arrays.fill(gradient, 0);
    model.addGradient(block, rows, from, to, weights, 1.0 / (to - from), gradient);
    addPenaltyGradient(weights, 1, gradient);
  }

  /**
   * Sparse mini-batch gradient in the batch's compact coordinates. The regularizer is spread over
   * the examples that store a feature: for feature j occurring in c_j of the batch's b rows and in
   * a fraction p_j of all rows, the term is λ w_j · c_j/(b p_j), whose expectation over uniformly
   * drawn batches is λ w_j, so the sparse gradient is unbiased (Niu et al., Hogwild!, NIPS 2011,
   * section 2, equation 3). A feature that no example stores is never touched and keeps its initial
   * zero, where its share of the gradient is zero too.
   *
   * @param frequency p_j by feature, at the full dimension
   * @param weights compact weights: one per key, then the intercept if any
   * @param gradient overwritten; same layout as {@code weights}
   */
  public void sparseGradient(
      SparseBatch batch, FeatureFrequency frequency, double[] weights, double[] gradient) {
    int[] keys = batch.keys();
    int batchSize = batch.rows().numRows();
    Model compact = model.withNumFeatures(keys.length);
    Arrays.fill(gradient, 0, compact.numParameters(), 0);
    compact.addGradient(
        batch.rows(), identity(batchSize), 0, batchSize, weights, 1.0 / batchSize, gradient);
    if (lambda != 0) {
      for (int k = 0; k < keys.length; k++) {
        gradient[k] +=
            lambda * weights[k] * batch.occurrences(k) * frequency.inverse(keys[k]) / batchSize;
      }
    }
  }

  private static int[] identity(int length) {
    int[] rows = new int[length];
    for (int i = 0; i < length; i++) {
      rows[i] = i;
    }
    return rows;
  }
}
