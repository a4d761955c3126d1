package dev.triptych.spark;

import java.util.List;

/**
 * How an asynchronous run stands while it goes on.
 *
 * @param updates applied
 * @param meanStaleness of gradients applied so far
 * @param maxStaleness of gradients applied so far
 * @param shards what each has carried so far
 */
public record LiveStatus(long updates, double meanStaleness, long maxStaleness, List<Load> shards) {
  public LiveStatus {
    shards = List.copyOf(shards);
  }

  /**
   * What a shard has carried.
   *
   * @param shard 0-based
   * @param waiting pulls that wait there now
   */
  public record Load(int shard, long bytesReceived, long bytesSent, int waiting) {}
}
