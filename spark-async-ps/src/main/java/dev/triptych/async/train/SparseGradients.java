package dev.triptych.async.train;

import dev.triptych.core.data.BatchSampler;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.FeatureFrequency;
import dev.triptych.core.data.SparseBatch;
import dev.triptych.core.data.SparseBatcher;
import dev.triptych.core.model.Model;
import dev.triptych.core.model.Objective;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Only the parameters that the mini-batch touches, and the unpenalised ones. */
final class SparseGradients implements StepGradients {
  private final Objective objective;
  private final SparseBatcher batcher;
  private final FeatureFrequency frequency;
  private final BatchSampler sampler;
  private @Nullable SparseBatch batch;
  private int[] keys = new int[0];
  private double[] weights = new double[0];
  private double[] gradient = new double[0];

  SparseGradients(
      Objective objective, ExampleBlock block, FeatureFrequency frequency, BatchSampler sampler) {
    this.objective = objective;
    this.batcher = new SparseBatcher(block);
    this.frequency = frequency;
    this.sampler = sampler;
  }

  @Override
  public void prepare(long step) {
    int from = sampler.seek(step);
    SparseBatch prepared = batcher.batch(sampler.rows(), from, from + sampler.batchSize());
    Model model = objective.model();
    int[] touched = prepared.keys();
    int numOthers = model.numParameters() - model.numFeatures();
    keys = Arrays.copyOf(touched, touched.length + numOthers);
    for (int k = 0; k < numOthers; k++) {
      keys[touched.length + k] = model.numFeatures() + k;
    }
    batch = prepared;
    weights = new double[keys.length];
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
    objective.sparseGradient(batch, frequency, weights, gradient);
    return gradient;
  }

  @Override
  public int batchSize() {
    return sampler.batchSize();
  }
}
