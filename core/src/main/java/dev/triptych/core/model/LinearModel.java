package dev.triptych.core.model;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.Loss;
import dev.triptych.core.loss.Loss.LabelKind;

/**
 * Score s = Σ_j w_j x_j (+ b). Weights: w_0..w_{d−1}, then b when there is an intercept. The
 * intercept is not penalised.
 */
public final class LinearModel implements Model {
  private static final long serialVersionUID = 1L;

  private final Loss loss;
  private final int numFeatures;
  private final boolean intercept;

  public LinearModel(Loss loss, int numFeatures, boolean intercept) {
    this.loss = loss;
    this.numFeatures = numFeatures;
    this.intercept = intercept;
  }

  public Loss loss() {
    return loss;
  }

  public boolean hasIntercept() {
    return intercept;
  }

  @Override
  public boolean hasIntercepts() {
    return intercept;
  }

  @Override
  public int numFeatures() {
    return numFeatures;
  }

  @Override
  public int numParameters() {
    return intercept ? numFeatures + 1 : numFeatures;
  }

  @Override
  public int numPenalised() {
    return numFeatures;
  }

  @Override
  public double score(ExampleBlock block, int row, double[] weights) {
    double score = block.dot(row, weights);
    return intercept ? score + weights[numFeatures] : score;
  }

  @Override
  public double lossSum(ExampleBlock block, double[] weights) {
    double sum = 0;
    int numRows = block.numRows();
    for (int r = 0; r < numRows; r++) {
      sum += block.weight(r) * loss.value(score(block, r, weights), block.label(r));
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
    double interceptGradient = 0;
    for (int i = from; i < to; i++) {
      int row = rows[i];
      double derivative =
          scale * block.weight(row) * loss.derivative(score(block, row, weights), block.label(row));
      if (derivative != 0) {
        block.addRow(row, derivative, gradient);
        interceptGradient += derivative;
      }
    }
    if (intercept) {
      gradient[numFeatures] += interceptGradient;
    }
  }

  @Override
  public double addLossGradient(
      ExampleBlock block, double[] weights, double scale, double[] gradient) {
    double sum = 0;
    double interceptGradient = 0;
    int numRows = block.numRows();
    for (int row = 0; row < numRows; row++) {
      double score = score(block, row, weights);
      double label = block.label(row);
      double weight = block.weight(row);
      sum += weight * loss.value(score, label);
      double derivative = scale * weight * loss.derivative(score, label);
      if (derivative != 0) {
        block.addRow(row, derivative, gradient);
        interceptGradient += derivative;
      }
    }
    if (intercept) {
      gradient[numFeatures] += interceptGradient;
    }
    return sum;
  }

  @Override
  public LabelKind labelKind() {
    return loss.labelKind();
  }

  @Override
  public double curvatureBound(double squaredNorm) {
    return loss.curvatureBound() * (intercept ? squaredNorm + 1 : squaredNorm);
  }

  @Override
  public LinearModel withNumFeatures(int newNumFeatures) {
    return new LinearModel(loss, newNumFeatures, intercept);
  }
}
