package dev.triptych.async.client;

import dev.triptych.async.protocol.ShardId;
import dev.triptych.async.protocol.SnapshotAnswer;
import dev.triptych.async.protocol.SnapshotRequest;
import dev.triptych.async.store.RangePartition;
import dev.triptych.spark.transport.Endpoint;
import java.nio.DoubleBuffer;
import java.nio.IntBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/**
 * Reads snapshots that the servers have kept, by keys. Blocks within the bound; failures are {@link
 * ParameterServerException}s. Thread-safe.
 */
public final class SnapshotClient {
  /** Keys in one message: 1 MB of keys, 2 MB of weights. */
  private static final int MAX_KEYS = 1 << 18;

  private final ShardCalls calls;
  private final RangePartition partition;

  /**
   * @param maxWait bound of every call
   */
  public SnapshotClient(Endpoint endpoint, RunLocation run, Duration maxWait) {
    calls = new ShardCalls(endpoint, run, maxWait);
    partition = run.partition();
  }

  /**
   * Weights of the snapshot of a version that every shard has kept.
   *
   * @param keys ascending parameter numbers
   * @return in the order of the keys
   */
  public double[] values(long version, int[] keys) throws InterruptedException {
    double[] values = new double[keys.length];
    int[] cuts = partition.cuts(keys);
    for (int shard = 0; shard < partition.numShards(); shard++) {
      for (int from = cuts[shard]; from < cuts[shard + 1]; from += MAX_KEYS) {
        int to = Math.min(cuts[shard + 1], from + MAX_KEYS);
        DoubleBuffer slice = DriverClient.join(ask(shard, version, keys, from, to)).values();
        if (slice.remaining() != to - from) {
          throw new ParameterServerException(
              "shard %d sent %d weights, expected %d"
                  .formatted(shard, slice.remaining(), to - from));
        }
        slice.get(values, from, to - from);
      }
    }
    return values;
  }

  private CompletableFuture<SnapshotAnswer.Values> ask(
      int shard, long version, int[] keys, int from, int to) {
    int[] positions = Arrays.copyOfRange(keys, from, to);
    int first = partition.start(shard);
    for (int k = 0; k < positions.length; k++) {
      positions[k] -= first;
    }
    return calls.call(
        new SnapshotRequest.FetchValues(
            new ShardId(calls.run().run(), shard), version, IntBuffer.wrap(positions)),
        SnapshotAnswer.Values.class,
        "weights of version " + version);
  }
}
