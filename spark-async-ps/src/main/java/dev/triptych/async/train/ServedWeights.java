package dev.triptych.async.train;

import dev.triptych.async.client.RunLocation;
import dev.triptych.async.client.SnapshotClient;
import dev.triptych.spark.transport.Endpoint;
import java.io.Serializable;
import java.time.Duration;
import java.util.Arrays;

/**
 * The final weights of a run that are still on its servers. May travel to a task and be read there,
 * as long as the {@link WeightsSink} that got them has not returned.
 */
public final class ServedWeights implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int AT_ONCE = 1 << 18;

  private final RunLocation location;
  private final long version;
  private final Duration maxWait;

  ServedWeights(RunLocation location, long version, Duration maxWait) {
    this.location = location;
    this.version = version;
    this.maxWait = maxWait;
  }

  /** Length of the weight vector. */
  public int numParameters() {
    return location.numParameters();
  }

  /**
   * Asks the servers for all weights, part by part, and keeps those that are not zero. Blocks
   * within the run's bounds.
   */
  public NonZeros read() throws InterruptedException {
    int[] indices = new int[1024];
    double[] values = new double[1024];
    int count = 0;
    try (Endpoint endpoint =
        Endpoint.open(
            "reader of weights", 1, (request, reply) -> reply.failure("a reader serves nobody"))) {
      SnapshotClient client = new SnapshotClient(endpoint, location, maxWait);
      for (long from = 0; from < numParameters(); from += AT_ONCE) {
        int first = (int) from;
        int[] keys = new int[(int) Math.min(AT_ONCE, numParameters() - from)];
        Arrays.setAll(keys, k -> first + k);
        double[] part = client.values(version, keys);
        for (int k = 0; k < part.length; k++) {
          if (part[k] != 0) {
            if (count == indices.length) {
              int capacity = (int) Math.min(Integer.MAX_VALUE - 8L, 2L * count);
              indices = Arrays.copyOf(indices, capacity);
              values = Arrays.copyOf(values, capacity);
            }
            indices[count] = keys[k];
            values[count++] = part[k];
          }
        }
      }
    }
    return new NonZeros(Arrays.copyOf(indices, count), Arrays.copyOf(values, count));
  }

  /**
   * Weights that are not zero.
   *
   * @param indices ascending parameter numbers; not copied
   * @param values in the order of the indices; not copied
   */
  public record NonZeros(int[] indices, double[] values) {}
}
