package dev.triptych.spark;

import dev.triptych.core.model.Objective;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.spark.data.TrainingData;

/**
 * One way of training. Every trainer starts from zero weights, sees the same data order for the
 * same seed, keeps timestamped snapshots on its own clock and has them evaluated after the run.
 *
 * @param <C> the settings of this way of training
 */
public interface Trainer<C> {
  /**
   * Minimises the objective; blocks until done.
   *
   * @param progress told from time to time how far the run is; called from one thread at a time
   * @throws dev.triptych.core.InvalidInputException if settings and data do not fit together
   */
  TrainingRun train(Objective objective, TrainingData data, C settings, ProgressListener progress);
}
