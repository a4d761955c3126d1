package dev.triptych.async.memory;

import dev.triptych.core.data.BatchSampler;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.FeatureFrequency;
import dev.triptych.core.model.Model;
import dev.triptych.core.model.Objective;
import dev.triptych.core.model.Regularizer;

/**
 * Mini-batches that read and change only the parameters of the features their rows store, bit for
 * bit as {@link Objective#sparseGradient} and the optimizer do. The gradient is added up in a
 * vector of the worker's own, so that each shared weight is written once a mini-batch, however many
 * of its rows store the feature.
 */
final class SparseStep implements SharedStep {
  private final Objective objective;
  private final ExampleBlock block;
  private final BatchSampler sampler;
  private final SharedWeights shared;
  private final FeatureFrequency frequency;
  // by parameter: the sum so far, and in how many of the mini-batch's rows; zero between steps
  private final double[] sums;
  private final int[] occurrences;
  // a bit by feature: whether the mini-batch has it; small enough to stay in the nearest cache
  private final long[] seen;
  private int[] touched = new int[0];
  private double[] values = new double[0];

  SparseStep(
      Objective objective,
      ExampleBlock block,
      BatchSampler sampler,
      SharedWeights shared,
      FeatureFrequency frequency) {
    this.objective = objective;
    this.block = block;
    this.sampler = sampler;
    this.shared = shared;
    this.frequency = frequency;
    sums = new double[objective.model().numParameters()];
    occurrences = new int[objective.regularizer().isNone() ? 0 : objective.model().numFeatures()];
    seen = new long[(objective.model().numFeatures() >>> 6) + 1];
  }

  @Override
  public boolean read(long step) {
    int from = sampler.seek(step);
    int to = from + sampler.batchSize();
    double[] weights = shared.live();
    objective
        .model()
        .addGradient(block, sampler.rows(), from, to, weights, 1.0 / (to - from), sums);
    touch(sampler.rows(), from, to);
    if (values.length != touched.length) {
      values = new double[touched.length];
    }
    double probe = 0;
    Regularizer regularizer = objective.regularizer();
    Model model = objective.model();
    int perFeature = model.parametersPerFeature();
    for (int k = 0; k < touched.length; k++) {
      int key = touched[k];
      double g = sums[key];
      sums[key] = 0;
      if (!regularizer.isNone() && key < model.numPenalised()) {
        double slope = regularizer.slope(weights[key]);
        int feature = key / perFeature;
        g +=
            key < model.numFeatureParameters()
                ? slope * occurrences[feature] * frequency.inverse(feature) / (to - from)
                : slope;
      }
      values[k] = g;
      probe += g * 0; // stays 0 unless some value is infinite or NaN
    }
    forget();
    return probe == 0;
  }

  /** Lists the parameters of the features that the rows touch, and the shared ones. */
  private void touch(int[] rows, int from, int to) {
    Model model = objective.model();
    int numEntries = 0;
    for (int i = from; i < to; i++) {
      numEntries += block.rowLength(rows[i]);
    }
    int[] features = new int[Math.min(numEntries, model.numFeatures())];
    int numFeatures = 0;
    for (int i = from; i < to; i++) {
      int length = block.rowLength(rows[i]);
      for (int k = 0; k < length; k++) {
        int column = block.columnAt(rows[i], k);
        long bit = 1L << column;
        if ((seen[column >>> 6] & bit) == 0) {
          seen[column >>> 6] |= bit;
          features[numFeatures++] = column;
        }
        if (occurrences.length > 0) {
          occurrences[column]++;
        }
      }
    }
    int perFeature = model.parametersPerFeature();
    int ofFeatures = model.numFeatureParameters();
    int[] keys = new int[numFeatures * perFeature + model.numParameters() - ofFeatures];
    int numKeys = 0;
    for (int f = 0; f < numFeatures; f++) {
      for (int p = 0; p < perFeature; p++) {
        keys[numKeys++] = features[f] * perFeature + p;
      }
    }
    for (int j = ofFeatures; j < model.numParameters(); j++) {
      keys[numKeys++] = j;
    }
    touched = keys;
  }

  /** The features of the mini-batch are nobody's again. */
  private void forget() {
    Model model = objective.model();
    int perFeature = model.parametersPerFeature();
    for (int k = 0;
        k < touched.length && touched[k] < model.numFeatureParameters();
        k += perFeature) {
      int feature = touched[k] / perFeature;
      seen[feature >>> 6] = 0;
      if (occurrences.length > 0) {
        occurrences[feature] = 0;
      }
    }
  }

  @Override
  public void write(double stepSize) {
    shared.applySparse(touched, values, stepSize);
  }

  @Override
  public int batchSize() {
    return sampler.batchSize();
  }
}
