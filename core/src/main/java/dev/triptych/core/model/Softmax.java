package dev.triptych.core.model;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.Loss.LabelKind;

/**
 * Multinomial logistic regression over K classes: ℓ = log Σ_k exp(s_k) − s_y with scores s_k =
 * w_k·x (+ b_k). Weights: those of feature j for all classes at [jK, (j+1)K), then the K
 * intercepts, which are not penalised. Not pivoted: a constant added to all scores changes nothing
 * but the penalty.
 */
public final class Softmax implements Model {
  private static final long serialVersionUID = 1L;

  private final int numClasses;
  private final int numFeatures;
  private final boolean intercept;

  /**
   * @throws IllegalArgumentException for less than two classes, or more weights than an array holds
   */
  public Softmax(int numClasses, int numFeatures, boolean intercept) {
    if (numClasses < 2) {
      throw new IllegalArgumentException("softmax needs at least 2 classes, got " + numClasses);
    }
    this.numClasses = numClasses;
    this.numFeatures = numFeatures;
    this.intercept = intercept;
    Layout.requireArray((long) numClasses * (numFeatures + 1L));
  }

  public int numClasses() {
    return numClasses;
  }

  @Override
  public int numFeatures() {
    return numFeatures;
  }

  @Override
  public int parametersPerFeature() {
    return numClasses;
  }

  @Override
  public int numParameters() {
    return numClasses * (intercept ? numFeatures + 1 : numFeatures);
  }

  @Override
  public int numPenalised() {
    return numClasses * numFeatures;
  }

  @Override
  public boolean hasIntercepts() {
    return intercept;
  }

  @Override
  public LabelKind labelKind() {
    return LabelKind.CLASS;
  }

  /** The most probable class; the first of equals. */
  @Override
  public double score(ExampleBlock block, int row, double[] weights) {
    double[] scores = new double[numClasses];
    scores(block, row, weights, scores);
    return LogSumExp.largest(scores, 0, numClasses);
  }

  private void scores(ExampleBlock block, int row, double[] weights, double[] scores) {
    for (int k = 0; k < numClasses; k++) {
      scores[k] = intercept ? weights[numClasses * numFeatures + k] : 0;
    }
    block.addProducts(row, weights, numClasses, scores, 0);
  }

  @Override
  public double lossSum(ExampleBlock block, double[] weights) {
    double[] scores = new double[numClasses];
    double sum = 0;
    int numRows = block.numRows();
    for (int row = 0; row < numRows; row++) {
      scores(block, row, weights, scores);
      sum +=
          block.weight(row)
              * (LogSumExp.of(scores, 0, numClasses) - scores[(int) block.label(row)]);
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
    double[] scores = new double[numClasses];
    for (int i = from; i < to; i++) {
      addRow(block, rows[i], weights, scale, scores, gradient);
    }
  }

  @Override
  public double addLossGradient(
      ExampleBlock block, double[] weights, double scale, double[] gradient) {
    double[] scores = new double[numClasses];
    double sum = 0;
    int numRows = block.numRows();
    for (int row = 0; row < numRows; row++) {
      sum += block.weight(row) * addRow(block, row, weights, scale, scores, gradient);
    }
    return sum;
  }

  /** Adds scale · c ∂ℓ/∂w of a row; returns ℓ. */
  private double addRow(
      ExampleBlock block,
      int row,
      double[] weights,
      double scale,
      double[] scores,
      double[] gradient) {
    scores(block, row, weights, scores);
    int label = (int) block.label(row);
    double factor = scale * block.weight(row);
    double loss = LogSumExp.toDerivatives(scores, 0, numClasses, label, factor);
    block.addOuter(row, scores, 0, numClasses, gradient);
    if (intercept) {
      int intercepts = numClasses * numFeatures;
      for (int k = 0; k < numClasses; k++) {
        gradient[intercepts + k] += scores[k];
      }
    }
    return loss;
  }

  /** The Hessian of log Σ exp is diag(p) − ppᵀ ≤ ½ (Böhning 1992). */
  @Override
  public double curvatureBound(double squaredNorm) {
    return 0.5 * (intercept ? squaredNorm + 1 : squaredNorm);
  }

  @Override
  public Softmax withNumFeatures(int newNumFeatures) {
    return new Softmax(numClasses, newNumFeatures, intercept);
  }
}
