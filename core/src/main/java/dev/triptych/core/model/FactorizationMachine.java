package dev.triptych.core.model;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.Loss;
import dev.triptych.core.loss.Loss.LabelKind;
import java.util.Arrays;
import java.util.List;

/**
 * Score s = w_0 + Σ_j w_j x_j + Σ_{i&lt;j} ⟨v_i, v_j⟩ x_i x_j with k factors for each feature, in
 * O(stored · k): the last sum is ½ Σ_f [(Σ_j v_jf x_j)² − Σ_j v_jf² x_j²] (Rendle, Factorization
 * Machines, ICDM 2010, lemma 3.1). Weights: w_j (where there are linear terms) and v_j1..v_jk for
 * each feature, then w_0, which is not penalised. Linear weights start at 0, factors are drawn.
 */
public final class FactorizationMachine implements Model {
  private static final long serialVersionUID = 1L;

  private final Loss loss;
  private final int numFeatures;
  private final int numFactors;
  private final boolean linear;
  private final boolean intercept;
  private final double initialScale;

  /**
   * @param numFactors k, at least 1
   * @param linear whether there are terms w_j x_j
   * @param intercept whether there is w_0
   * @param initialScale factors start in [−initialScale, initialScale), which must not be 0: there
   *     their gradient is 0
   * @throws IllegalArgumentException for what is out of range, or more weights than an array holds
   */
  public FactorizationMachine(
      Loss loss,
      int numFeatures,
      int numFactors,
      boolean linear,
      boolean intercept,
      double initialScale) {
    if (numFactors < 1) {
      throw new IllegalArgumentException("at least 1 factor, got " + numFactors);
    }
    if (!(initialScale > 0 && initialScale <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException("factors must not start at 0, scale " + initialScale);
    }
    this.loss = loss;
    this.numFeatures = numFeatures;
    this.numFactors = numFactors;
    this.linear = linear;
    this.intercept = intercept;
    this.initialScale = initialScale;
    Layout.requireArray((numFeatures + 1L) * (numFactors + 1L));
  }

  public Loss loss() {
    return loss;
  }

  /** k. */
  public int numFactors() {
    return numFactors;
  }

  public boolean hasLinear() {
    return linear;
  }

  public boolean hasIntercept() {
    return intercept;
  }

  @Override
  public int numFeatures() {
    return numFeatures;
  }

  @Override
  public int parametersPerFeature() {
    return linear ? numFactors + 1 : numFactors;
  }

  @Override
  public int numParameters() {
    return numPenalised() + (intercept ? 1 : 0);
  }

  @Override
  public int numPenalised() {
    return numFeatures * parametersPerFeature();
  }

  @Override
  public LabelKind labelKind() {
    return loss.labelKind();
  }

  @Override
  public InitialWeights initialWeights(long seed) {
    return new InitialWeights.Drawn(
        seed,
        0,
        parametersPerFeature(),
        linear ? 1 : 0,
        List.of(new InitialWeights.Range(numPenalised(), initialScale)));
  }

  @Override
  public double score(ExampleBlock block, int row, double[] weights) {
    return score(block, row, weights, new double[numFactors]);
  }

  /** Leaves Σ_j v_jf x_j in {@code sums}. */
  private double score(ExampleBlock block, int row, double[] weights, double[] sums) {
    int perFeature = parametersPerFeature();
    int first = linear ? 1 : 0;
    Arrays.fill(sums, 0);
    double score = intercept ? weights[numFeatures * perFeature] : 0;
    double squares = 0;
    int length = block.rowLength(row);
    for (int e = 0; e < length; e++) {
      double x = block.valueAt(row, e);
      int at = block.columnAt(row, e) * perFeature;
      if (linear) {
        score += weights[at] * x;
      }
      at += first;
      for (int f = 0; f < numFactors; f++) {
        double term = weights[at + f] * x;
        sums[f] += term;
        squares += term * term;
      }
    }
    double pairs = -squares;
    for (int f = 0; f < numFactors; f++) {
      pairs += sums[f] * sums[f];
    }
    return score + pairs / 2;
  }

  /** gradient += derivative · ∂s/∂w, with the sums of the row's score. */
  private void addScoreGradient(
      ExampleBlock block,
      int row,
      double[] weights,
      double[] sums,
      double derivative,
      double[] gradient) {
    int perFeature = parametersPerFeature();
    int first = linear ? 1 : 0;
    int length = block.rowLength(row);
    for (int e = 0; e < length; e++) {
      double x = block.valueAt(row, e);
      int at = block.columnAt(row, e) * perFeature;
      double slope = derivative * x;
      if (linear) {
        gradient[at] += slope;
      }
      at += first;
      for (int f = 0; f < numFactors; f++) {
        gradient[at + f] += slope * (sums[f] - weights[at + f] * x);
      }
    }
    if (intercept) {
      gradient[numFeatures * perFeature] += derivative;
    }
  }

  @Override
  public double lossSum(ExampleBlock block, double[] weights) {
    double[] sums = new double[numFactors];
    double sum = 0;
    int numRows = block.numRows();
    for (int row = 0; row < numRows; row++) {
      sum += block.weight(row) * loss.value(score(block, row, weights, sums), block.label(row));
    }
    return sum;
  }

  @Override
  public void addGradient(
      ExampleBlock block,
      int[] rows,
      int from,
      int to,
      double[] weights,
      double scale,
      double[] gradient) {
    double[] sums = new double[numFactors];
    for (int i = from; i < to; i++) {
      int row = rows[i];
      double score = score(block, row, weights, sums);
      double derivative = scale * block.weight(row) * loss.derivative(score, block.label(row));
      addScoreGradient(block, row, weights, sums, derivative, gradient);
    }
  }

  @Override
  public double addLossGradient(
      ExampleBlock block, double[] weights, double scale, double[] gradient) {
    double[] sums = new double[numFactors];
    double lossSum = 0;
    int numRows = block.numRows();
    for (int row = 0; row < numRows; row++) {
      double score = score(block, row, weights, sums);
      double label = block.label(row);
      double weight = block.weight(row);
      lossSum += weight * loss.value(score, label);
      double derivative = scale * weight * loss.derivative(score, label);
      addScoreGradient(block, row, weights, sums, derivative, gradient);
    }
    return lossSum;
  }

  /** That of the linear part; the factors' grows with their size. */
  @Override
  public double curvatureBound(double squaredNorm) {
    return loss.curvatureBound() * (squaredNorm + 1);
  }

  @Override
  public FactorizationMachine withNumFeatures(int newNumFeatures) {
    return new FactorizationMachine(
        loss, newNumFeatures, numFactors, linear, intercept, initialScale);
  }
}
