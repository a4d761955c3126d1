package dev.triptych.async.train;

import dev.triptych.spark.checkpoint.Checkpoints;
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
}
