package dev.triptych.sync;

import dev.triptych.core.model.Objective;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.Trainer;
import dev.triptych.spark.data.TrainingData;

/**
 * Bulk-synchronous training on RDDs (Valiant 1990; Dean, Ghemawat 2004): each step broadcasts w,
 * every worker computes the gradient of its mini-batch, a tree reduction averages them, and the
 * driver takes one optimizer step, or the next one of L-BFGS. A step lasts as long as its slowest
 * worker. With another {@link Aggregation} than {@code tree} workers stay in their tasks and add up
 * among each other instead. The clock runs during steps only.
 */
public final class SyncTrainer implements Trainer<SyncSettings> {
  @Override
  public TrainingRun train(
      Objective objective, TrainingData data, SyncSettings settings, ProgressListener progress) {
    if (settings.aggregation() != Aggregation.TREE) {
      return new CollectiveRun(objective, data, settings, progress).run();
    }
    return settings.algorithm().searchesLines()
        ? new QuasiNewtonRun(objective, data, settings, progress).run()
        : new GradientRun(objective, data, settings, progress).run();
  }
}
