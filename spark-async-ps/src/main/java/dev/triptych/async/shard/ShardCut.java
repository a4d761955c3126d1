package dev.triptych.async.shard;

import java.util.BitSet;
import java.util.List;

/**
 * How far every worker is at a shard whose gate is held: what decides whether the shards' states
 * make one checkpoint.
 *
 * @param progress of the shard
 * @param nextSequences by worker
 * @param waiting workers that wait here with the pull of their next sequence here
 * @param removed workers that were declared dead here and have not come back
 */
@SuppressWarnings("ArrayRecordComponent")
public record ShardCut(Progress progress, long[] nextSequences, BitSet waiting, BitSet removed) {
  /**
   * Whether nothing of any worker is under way, so that the states of all shards belong together. A
   * worker that is there waits somewhere for the clock that is the least of all shards: every push
   * before it was taken everywhere, and it cannot make another one. A shard that has that clock
   * already, from an attempt that was replaced, is owed nothing. Nobody waits for a worker that is
   * dead at all shards: until a newer attempt asks, nothing of it is taken.
   */
  public static boolean isConsistent(List<ShardCut> shards) {
    int numWorkers = shards.get(0).nextSequences.length;
    for (int worker = 0; worker < numWorkers; worker++) {
      long least = Long.MAX_VALUE;
      boolean dead = true;
      for (ShardCut shard : shards) {
        least = Math.min(least, shard.nextSequences[worker]);
        dead &= shard.removed.get(worker);
      }
      boolean waits = false;
      for (ShardCut shard : shards) {
        waits |= shard.waiting.get(worker) && shard.nextSequences[worker] == least;
      }
      if (!dead && !waits) {
        return false;
      }
    }
    return true;
  }
}
