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

  // Rows whose scores and gradients are taken together: a tile of dense ones stays in the cache.
  private static final int LEAST_TILE = 8;
  private static final int MOST_TILE = 256;
  private static final int TILE_ENTRIES = 1 << 14;

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
    int numRows = block.numRows();
    int tile = Math.max(LEAST_TILE, Math.min(MOST_TILE, TILE_ENTRIES / Math.max(1, numFeatures)));
    double[] scores = new double[tile];
    double[] labels = new double[tile];
    double[] values = new double[tile];
    double[] derivatives = new double[tile];
    double offset = intercept ? weights[numFeatures] : 0;
    double sum = 0;
    double interceptGradient = 0;
    for (int from = 0; from < numRows; from += tile) {
      int length = Math.min(tile, numRows - from);
      block.scores(from, from + length, weights, scores);
      for (int k = 0; k < length; k++) {
        scores[k] += offset;
        labels[k] = block.label(from + k);
      }
      loss.evaluate(scores, labels, length, values, derivatives);
      for (int k = 0; k < length; k++) {
        double weight = block.weight(from + k);
        sum += weight * values[k];
        derivatives[k] *= scale * weight;
        interceptGradient += derivatives[k];
      }
      block.addRows(from, from + length, derivatives, gradient);
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
