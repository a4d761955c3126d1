package dev.triptych.gossip.train;

import dev.triptych.spark.checkpoint.Checkpoints;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * After which rounds a run is saved. Between epochs: at multiples of a number of rounds. Between
 * times: rounds are counted from the speed so far, after a few rounds to measure it. Not
 * thread-safe; time comes in as a number.
 */
final class CheckpointCuts {
  private static final int PROBES = 100;

  private final @Nullable Duration every;
  private final long everyRounds;
  private final long totalRounds;
  private long savedNanos;

  CheckpointCuts(Checkpoints checkpoints, double epochsPerRound, long totalRounds, long nowNanos) {
    this.every = checkpoints.every();
    this.everyRounds = Math.max(1, Math.round(checkpoints.everyEpochs() / epochsPerRound));
    this.totalRounds = totalRounds;
    this.savedNanos = nowNanos;
  }

  /**
   * The round before which the run pauses next, after {@code round}.
   *
   * @param roundsDone since {@code trainedNanos} began
   */
  long after(long round, long roundsDone, long trainedNanos, long nowNanos) {
    if (every == null) {
      return (round / everyRounds + 1) * everyRounds;
    }
    if (roundsDone == 0 || trainedNanos <= 0) {
      return round + Math.max(1, totalRounds / PROBES);
    }
    double left = Math.max(0, every.toNanos() - (nowNanos - savedNanos));
    double rounds = Math.ceil(left / trainedNanos * roundsDone);
    return round + (long) Math.max(1, Math.min(rounds, totalRounds));
  }

  /** Whether the run is to be saved when it pauses before {@code round}. */
  boolean isDue(long round, long nowNanos) {
    return every == null ? round % everyRounds == 0 : nowNanos - savedNanos >= every.toNanos();
  }

  void saved(long nowNanos) {
    savedNanos = nowNanos;
  }
}
