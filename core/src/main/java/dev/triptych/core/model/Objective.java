package dev.triptych.core.model;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.FeatureFrequency;
import dev.triptych.core.data.SparseBatch;
import java.io.Serializable;
import java.util.Arrays;

/**
 * F(w) = (1/n) Σ_i c_i ℓ_i(w) + r(w), with example weights c_i of mean 1 and the {@link
 * Regularizer} r over the penalised parameters. The only place where the mean and the regularizer
 * meet. Gradients are ∂F/∂w and optimizers subtract. Immutable and thread-safe.
 */
public final class Objective implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Model model;
  private final Regularizer regularizer;

  /**
   * With r(w) = (λ/2) Σ w_j².
   *
   * @throws IllegalArgumentException if λ is negative or not finite
   */
  public Objective(Model model, double lambda) {
    this(model, new Regularizer(lambda, 0));
  }

  public Objective(Model model, Regularizer regularizer) {
    this.model = model;
    this.regularizer = regularizer;
  }

  public Model model() {
    return model;
  }

  public Regularizer regularizer() {
    return regularizer;
  }

  /** The weight λ₂ of the penalty (λ₂/2) Σ w_j². */
  public double lambda() {
    return regularizer.l2();
  }

  /** F(w) from a loss sum over n examples. */
  public double value(double lossSum, long numExamples, double[] weights) {
    return lossSum / numExamples + penalty(weights);
  }

  /** F(w) from a loss sum over n examples, Σ w_j² and Σ |w_j| over the penalised parameters. */
  public double valueAt(double lossSum, long numExamples, double squaredNorm, double absoluteNorm) {
    return lossSum / numExamples + regularizer.value(squaredNorm, absoluteNorm);
  }

  /** r(w). */
  public double penalty(double[] weights) {
    return regularizer.value(weights, model.numPenalised());
  }

  /** (λ₂/2) Σ w_j², the smooth part of r. */
  public double smoothPenalty(double[] weights) {
    return new Regularizer(regularizer.l2(), 0).value(weights, model.numPenalised());
  }

  /** gradient += λ₂ w over the penalised parameters: the smooth part of r. */
  public void addSmoothPenaltyGradient(double[] weights, double[] gradient) {
    double l2 = regularizer.l2();
    int numPenalised = model.numPenalised();
    for (int j = 0; j < numPenalised; j++) {
      gradient[j] += l2 * weights[j];
    }
  }

  /** gradient += scale · r′(w) over the penalised parameters. */
  public void addPenaltyGradient(double[] weights, double scale, double[] gradient) {
    if (regularizer.isNone()) {
      return;
    }
    int numPenalised = model.numPenalised();
    for (int j = 0; j < numPenalised; j++) {
      gradient[j] += scale * regularizer.slope(weights[j]);
    }
  }

  /**
   * Dense mini-batch gradient: gradient ← (1/b) Σ_{i in batch} c_i ∂ℓ_i + r′(w) over rows {@code
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
   * a fraction p_j of all rows, the term is r′(w_j) · c_j/(b p_j), whose expectation over uniformly
   * drawn batches is r′(w_j), so the sparse gradient is unbiased (Niu et al., Hogwild!, NIPS 2011,
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
    if (!regularizer.isNone()) {
      for (int k = 0; k < keys.length; k++) {
        gradient[k] +=
            regularizer.slope(weights[k])
                * batch.occurrences(k)
                * frequency.inverse(keys[k])
                / batchSize;
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
