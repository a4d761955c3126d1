package dev.triptych.cli;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.Loss.LabelKind;
import dev.triptych.core.model.Model;

/**
 * A user's own model: s(x) = Σ_j (a_j x_j + b_j x_j²), loss ½ (s − y)². Two parameters of every
 * feature, which lie side by side.
 */
public final class AdditiveQuadratic implements Model {
  private static final long serialVersionUID = 1L;

  private final int numFeatures;

  public AdditiveQuadratic(int numFeatures) {
    this.numFeatures = numFeatures;
  }

  @Override
  public int numFeatures() {
    return numFeatures;
  }

  @Override
  public int parametersPerFeature() {
    return 2;
  }

  @Override
  public int numParameters() {
    return 2 * numFeatures;
  }

  @Override
  public int numPenalised() {
    return 2 * numFeatures;
  }

  @Override
  public LabelKind labelKind() {
    return LabelKind.REAL;
  }

  @Override
  public double curvatureBound(double squaredNorm) {
    return squaredNorm * (1 + squaredNorm);
  }

  @Override
  public Model withNumFeatures(int number) {
    return new AdditiveQuadratic(number);
  }

  @Override
  public double score(ExampleBlock block, int row, double[] weights) {
    double score = 0;
    for (int k = 0; k < block.rowLength(row); k++) {
      int j = block.columnAt(row, k);
      double x = block.valueAt(row, k);
      score += weights[2 * j] * x + weights[2 * j + 1] * x * x;
    }
    return score;
  }

  @Override
  public double lossSum(ExampleBlock block, double[] weights) {
    double sum = 0;
    for (int r = 0; r < block.numRows(); r++) {
      double residual = score(block, r, weights) - block.label(r);
      sum += block.weight(r) * residual * residual / 2;
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
    for (int i = from; i < to; i++) {
      addRow(block, rows[i], weights, scale, gradient);
    }
  }

  @Override
  public double addLossGradient(
      ExampleBlock block, double[] weights, double scale, double[] gradient) {
    for (int r = 0; r < block.numRows(); r++) {
      addRow(block, r, weights, scale, gradient);
    }
    return lossSum(block, weights);
  }

  private void addRow(
      ExampleBlock block, int row, double[] weights, double scale, double[] gradient) {
    double slope = scale * block.weight(row) * (score(block, row, weights) - block.label(row));
    for (int k = 0; k < block.rowLength(row); k++) {
      int j = block.columnAt(row, k);
      double x = block.valueAt(row, k);
      gradient[2 * j] += slope * x;
      gradient[2 * j + 1] += slope * x * x;
    }
  }
}
