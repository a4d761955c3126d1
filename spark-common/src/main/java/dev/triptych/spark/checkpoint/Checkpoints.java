package dev.triptych.spark.checkpoint;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where and how often a run is saved.
 *
 * @param directory on any file system that Hadoop knows
 * @param every time between the beginnings of two checkpoints, or null
 * @param everyEpochs epochs between two checkpoints; 0 if time counts
 */
public record Checkpoints(String directory, @Nullable Duration every, double everyEpochs) {
  public Checkpoints {
    boolean timed = every != null && !every.isNegative() && !every.isZero();
    if (timed == (everyEpochs > 0)) {
      throw new IllegalArgumentException("either a time or epochs between checkpoints");
    }
  }
}
