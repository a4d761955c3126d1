package dev.triptych.async.train;

import dev.triptych.async.shard.ShardStatus;
import java.util.Arrays;
import java.util.List;

/**
 * Notices when a run stands still: no gradient was taken, and no further worker arrived, for longer
 * than a bound. Retried tasks that arrive again do not count as a move. Time comes in as a number.
 */
final class Watch {
  private final long maxNanos;
  private long lastMove;
  private long gradients = -1;
  private int arrived;

  Watch(long maxNanos, long now) {
    this.maxNanos = maxNanos;
    this.lastMove = now;
  }

  /**
   * @param shards as they stand now
   * @return whether nothing has moved since more than the bound
   */
  boolean isStuck(List<ShardStatus> shards, long now) {
    long taken = 0;
    int parked = 0;
    for (ShardStatus shard : shards) {
      taken += Arrays.stream(shard.clocks()).sum();
      parked += shard.numParked();
    }
    if (taken != gradients || parked > arrived) {
      arrived = taken != gradients ? parked : Math.max(arrived, parked);
      gradients = taken;
      lastMove = now;
    }
    return now - lastMove > maxNanos;
  }
}
