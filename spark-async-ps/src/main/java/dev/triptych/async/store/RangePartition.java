package dev.triptych.async.store;

import java.io.Serializable;
import java.util.Arrays;

/**
 * d parameters over S shards in contiguous ranges whose lengths differ by at most one. Immutable
 * and thread-safe.
 *
 * @param numParameters d ≥ 1
 * @param numShards S, 1 ≤ S ≤ d
 */
public record RangePartition(int numParameters, int numShards) implements Serializable {
  public RangePartition {
    if (numShards < 1 || numShards > numParameters) {
      throw new IllegalArgumentException(
          numParameters + " parameters cannot be spread over " + numShards + " shards");
    }
  }

  /** First parameter of a shard; {@code start(numShards)} is d. */
  public int start(int shard) {
    return (int) ((long) numParameters * shard / numShards);
  }

  /** Number of parameters of a shard. */
  public int length(int shard) {
    return start(shard + 1) - start(shard);
  }

  /**
   * Where each shard's keys lie among ascending {@code keys}: shard s owns positions {@code
   * cuts[s]..cuts[s+1]}.
   *
   * @return S+1 ascending positions, the first 0, the last {@code keys.length}
   */
  public int[] cuts(int[] keys) {
    int[] cuts = new int[numShards + 1];
    for (int shard = 1; shard < numShards; shard++) {
      int position = Arrays.binarySearch(keys, start(shard));
      cuts[shard] = position < 0 ? -position - 1 : position;
    }
    cuts[numShards] = keys.length;
    return cuts;
  }
}
