package dev.triptych.async.memory;

import dev.triptych.core.data.BatchSampler;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.FeatureFrequency;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Regularizer;

/**
 * Mini-batches of linear models with plain SGD, same bits as {@link SparseStep}, without a list of
 * the parameters that a mini-batch touches: its rows are walked once more for writing, and a
 * feature's sum is taken, and becomes zero, where it is met first.
 */
final class BatchStep implements SharedStep {
  private final LinearModel model;
  private final int intercept;
  private final Regularizer regularizer;
  private final ExampleBlock block;
  private final BatchSampler sampler;
  private final double[] weights;
  private final FeatureFrequency frequency;
  // by parameter: the gradient so far, and in how many of the mini-batch's rows; zero between steps
  private final double[] sums;
  private final int[] occurrences;
  private int from;

  BatchStep(
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
    sums = new double[model.numParameters()];
    occurrences = new int[regularizer.isNone() ? 0 : model.numFeatures()];
  }

  @Override
  public boolean read(long step) {
    from = sampler.seek(step);
    int to = from + sampler.batchSize();
    int[] rows = sampler.rows();
    double scale = 1.0 / (to - from);
    double interceptSum = 0;
    double probe = 0;
    for (int i = from; i < to; i++) {
      int row = rows[i];
      double score = model.score(block, row, weights);
      double derivative =
          scale * block.weight(row) * model.loss().derivative(score, block.label(row));
      probe += derivative * score * 0; // stays 0 unless some value is infinite or NaN
      if (derivative != 0) {
        block.addRow(row, derivative, sums);
        interceptSum += derivative;
      }
      if (!regularizer.isNone()) {
        count(row);
      }
    }
    if (intercept >= 0) {
      sums[intercept] = interceptSum;
    }
    return probe == 0;
  }

  private void count(int row) {
    int length = block.rowLength(row);
    for (int k = 0; k < length; k++) {
      occurrences[block.columnAt(row, k)]++;
    }
  }

  @Override
  public void write(double stepSize) {
    int[] rows = sampler.rows();
    int to = from + sampler.batchSize();
    for (int i = from; i < to; i++) {
      if (regularizer.isNone()) {
        block.moveRow(rows[i], -stepSize, sums, weights);
      } else {
        writePenalised(rows[i], stepSize);
      }
    }
    if (intercept >= 0) {
      weights[intercept] -= stepSize * sums[intercept];
      sums[intercept] = 0;
    }
  }

  private void writePenalised(int row, double stepSize) {
    int length = block.rowLength(row);
    for (int k = 0; k < length; k++) {
      int column = block.columnAt(row, k);
      int times = occurrences[column];
      if (times != 0) {
        double w = weights[column];
        double g =
            sums[column]
                + regularizer.slope(w) * times * frequency.inverse(column) / sampler.batchSize();
        weights[column] = w - stepSize * g;
        sums[column] = 0;
        occurrences[column] = 0;
      }
    }
  }

  @Override
  public int batchSize() {
    return sampler.batchSize();
  }
}
