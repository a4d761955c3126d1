package dev.triptych.core.training;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The weights at one moment of a run, with what is known without evaluating them. The weights are
 * not copied.
 *
 * @param updates optimizer updates applied so far (gossip: rounds)
 * @param seconds on the training clock
 * @param epochs examples processed by all workers / n
 * @param bytes sent over the wire by all parties so far
 * @param weights length numParameters (gossip: the mean of the nodes' weights)
 * @param consensusDistance √((1/N) Σ_i ‖w_i − w̄‖²), gossip only
 * @param maxStaleness largest staleness of a gradient applied so far, asynchronous only
 * @param nodeWeights every node's own weights, gossip only; empty where they are not evaluated
 */
public record Snapshot(
    long updates,
    double seconds,
    double epochs,
    long bytes,
    double[] weights,
    @Nullable Double consensusDistance,
    @Nullable Integer maxStaleness,
    List<double[]> nodeWeights) {

  /** A snapshot of one weight vector. */
  public Snapshot(
      long updates,
      double seconds,
      double epochs,
      long bytes,
      double[] weights,
      @Nullable Double consensusDistance,
      @Nullable Integer maxStaleness) {
    this(updates, seconds, epochs, bytes, weights, consensusDistance, maxStaleness, List.of());
  }
}
