package dev.triptych.async.train;

import dev.triptych.core.data.CompactBlock;
import dev.triptych.core.data.SparseBatch;
import dev.triptych.core.data.SparseBatcher;
import dev.triptych.core.model.Model;
import dev.triptych.core.model.Objective;
import org.jspecify.annotations.Nullable;

/** Only the parameters that the mini-batch touches, and the unpenalised ones. */
final class SparseGradients implements StepGradients {
  private final Objective objective;
  private final SparseBatcher batcher;
  private final CompactBlock block;
  private final GradientRows rows;
  private @Nullable SparseBatch batch;
  private @Nullable SparseBatch ahead;
  private int[] keys = new int[0];
  private int[] keysAhead = new int[0];
  private double[] weights = new double[0];
  private double[] gradient = new double[0];

  SparseGradients(Objective objective, CompactBlock block, GradientRows rows) {
    this.objective = objective;
    this.batcher = new SparseBatcher(block.rows());
    this.block = block;
    this.rows = rows;
  }

  @Override
  public void prepare(long step) {
    int from = rows.seek(step);
    SparseBatch prepared = batcher.batch(rows.rows(), from, from + rows.count());
    Model model = objective.model();
    int[] touched = prepared.keys();
    int[] features = block.features();
    int[] touchedFeatures = new int[touched.length];
    for (int k = 0; k < touched.length; k++) {
      touchedFeatures[k] = features[touched[k]];
    }
    keysAhead = keysOf(model, touchedFeatures);
    ahead = prepared;
  }

  @Override
  public void advance() {
    batch = ahead;
    keys = keysAhead;
    weights = new double[keys.length];
  }

  /** The parameters of the features, then those that belong to no feature; ascending. */
  static int[] keysOf(Model model, int[] features) {
    int perFeature = model.parametersPerFeature();
    int ofFeatures = model.numFeatureParameters();
    int numOthers = model.numParameters() - ofFeatures;
    int[] keys = new int[Math.addExact(Math.multiplyExact(features.length, perFeature), numOthers)];
    int next = 0;
    for (int feature : features) {
      for (int p = 0; p < perFeature; p++) {
        keys[next++] = feature * perFeature + p;
      }
    }
    for (int j = ofFeatures; j < ofFeatures + numOthers; j++) {
      keys[next++] = j;
    }
    return keys;
  }

  @Override
  public int[] keys() {
    return keys;
  }

  @Override
  public double[] weights() {
    return weights;
  }

  @Override
  public double[] compute() {
    if (batch == null) {
      throw new IllegalStateException("no step was prepared");
    }
    if (gradient.length != keys.length) {
      gradient = new double[keys.length];
    }
    objective.sparseGradient(batch, block.frequency(), weights, gradient);
    return gradient;
  }

  @Override
  public int numExamples() {
    return rows.count();
  }
}
