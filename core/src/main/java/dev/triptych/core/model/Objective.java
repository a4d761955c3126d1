package dev.triptych.core.model;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.FeatureFrequency;
import dev.triptych.core.data.SparseBatch;
import java.io.Serializable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * F(w) = (1/n) Σ_i c_i ℓ_i(w) + r(w), with example weights c_i of mean 1 and the {@link
 * Regularizer} r over the penalised parameters. The only place where the mean and the regularizer
 * meet. Gradients are ∂F/∂w and optimizers subtract. Immutable and thread-safe.
 */
public final class Objective implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Model model;
  private final Regularizer regularizer;
  // The driver's: it hands every start on as the mode needs it, so tasks do not carry it.
  private final transient double @Nullable [] start;

  /**
   * With r(w) = (λ/2) Σ w_j².
   *
   * @throws IllegalArgumentException if λ is negative or not finite
   */
  public Objective(Model model, double lambda) {
    this(model, new Regularizer(lambda, 0));
  }

  public Objective(Model model, Regularizer regularizer) {
    this(model, regularizer, null);
  }

  private Objective(Model model, Regularizer regularizer, double @Nullable [] start) {
    this.model = model;
    this.regularizer = regularizer;
    this.start = start;
  }

  /**
   * The same objective with a warm start.
   *
   * @param weights one per parameter; not copied
   * @throws IllegalArgumentException if there are more or fewer
   */
  public Objective startingFrom(double[] weights) {
    if (weights.length != model.numParameters()) {
      throw new IllegalArgumentException(
          "expected " + model.numParameters() + " weights to start from, got " + weights.length);
    }
    return new Objective(model, regularizer, weights);
  }

  /**
   * Where training starts. To be asked on the driver: an objective that was serialized has
   * forgotten its warm start.
   */
  public InitialWeights initialWeights(long seed) {
    return start == null ? model.initialWeights(seed) : new InitialWeights.Given(start);
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
   * weights: where they are zero its share of the gradient is zero too, and elsewhere it has no
   * effect on any score. Shared parameters that are penalised get the whole term.
   *
   * @param frequency p_j by feature, at the full dimension
   * @param weights compact weights: P per key, then the shared ones
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
    if (regularizer.isNone()) {
      return;
    }
    int perFeature = model.parametersPerFeature();
    int j = 0;
    for (int k = 0; k < keys.length; k++) {
      int occurrences = batch.occurrences(k);
      double inverse = frequency.inverse(keys[k]);
      for (int end = j + perFeature; j < end; j++) {
        gradient[j] += regularizer.slope(weights[j]) * occurrences * inverse / batchSize;
      }
    }
    for (int numPenalised = compact.numPenalised(); j < numPenalised; j++) {
      gradient[j] += regularizer.slope(weights[j]);
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
