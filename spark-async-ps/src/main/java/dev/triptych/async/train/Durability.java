package dev.triptych.async.train;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a run survives.
 *
 * @param replicas of each shard, on different servers: 1 or 2
 * @param checkpoints where and how often the run is saved, or null
 * @param resumeFrom directory of a run that was saved and goes on here, or null
 */
public record Durability(
    int replicas, @Nullable Checkpoints checkpoints, @Nullable String resumeFrom) {
  public Durability {
    if (replicas < 1 || replicas > 2) {
      throw new IllegalArgumentException("1 or 2 replicas, got " + replicas);
    }
  }

  /** Nothing but worker tasks and connections. */
  public static Durability none() {
    return new Durability(1, null, null);
  }

  /** The same with another number of replicas. */
  public Durability withReplicas(int other) {
    return new Durability(other, checkpoints, resumeFrom);
  }

  /**
   * Saving.
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
}
