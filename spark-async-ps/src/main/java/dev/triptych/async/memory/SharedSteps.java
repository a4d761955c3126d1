package dev.triptych.async.memory;

import dev.triptych.core.data.BatchSampler;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.FeatureFrequency;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import org.jspecify.annotations.Nullable;

/** The fastest steps that fit. */
public final class SharedSteps {
  private SharedSteps() {}

  /**
   * Steps of one worker.
   *
   * @param frequency for the regularizer of sparse steps; null for dense ones
   * @param scale of every gradient of dense steps; 1 but for full local batches of unequal size
   */
  public static SharedStep of(
      Objective objective,
      ExampleBlock block,
      BatchSampler sampler,
      SharedWeights shared,
      @Nullable FeatureFrequency frequency,
      double scale) {
    if (frequency == null) {
      return new DenseStep(objective, block, sampler, shared, scale);
    }
    if (!shared.optimizer().name().equals("sgd")
        || !(objective.model() instanceof LinearModel model)) {
      return new SparseStep(objective, block, sampler, shared, frequency);
    }
    return sampler.batchSize() == 1 && block.hasImplicitOnes()
        ? new RowStep(model, objective.regularizer(), block, sampler, shared, frequency)
        : new BatchStep(model, objective.regularizer(), block, sampler, shared, frequency);
  }
}
