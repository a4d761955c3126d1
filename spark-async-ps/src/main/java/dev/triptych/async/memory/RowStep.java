package dev.triptych.async.memory;

import dev.triptych.core.data.BatchSampler;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.FeatureFrequency;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Regularizer;

/**
 * Hogwild as in the paper: one example at a time, straight on the shared weights, nothing copied.
 * Linear models on rows of ones, plain SGD. Same bits as {@link SparseStep} with mini-batches of
 * one.
 */
final class RowStep implements SharedStep {
  private final LinearModel model;
  private final int intercept;
  private final Regularizer regularizer;
  private final ExampleBlock block;
  private final BatchSampler sampler;
  private final double[] weights;
  private final FeatureFrequency frequency;
  private int row;
  private double derivative;

  RowStep(
      LinearModel model,
      Regularizer regularizer,
      ExampleBlock block,
      BatchSampler sampler,
      SharedWeights shared,
      FeatureFrequency frequency) {
    this.model = model;
    this.intercept = model.hasIntercept() ? model.numFeatures() : -1;
    this.regularizer = regularizer;
    this.block = block;
    this.sampler = sampler;
    this.weights = shared.live();
    this.frequency = frequency;
  }

  @Override
  public boolean read(long step) {
    int from = sampler.seek(step);
    row = sampler.rows()[from];
    double score = model.score(block, row, weights);
    derivative = block.weight(row) * model.loss().derivative(score, block.label(row));
    return derivative * score * 0 == 0;
  }

  @Override
  public void write(double stepSize) {
    if (regularizer.isNone()) {
      block.addRow(row, -(stepSize * derivative), weights);
    } else {
      int length = block.rowLength(row);
      for (int k = 0; k < length; k++) {
        int column = block.columnAt(row, k);
        double w = weights[column];
        weights[column] =
            w - stepSize * (derivative + regularizer.slope(w) * frequency.inverse(column));
      }
    }
    if (intercept >= 0) {
      weights[intercept] -= stepSize * derivative;
    }
  }

  @Override
  public int batchSize() {
    return 1;
  }
}
