package dev.triptych.core.training;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One evaluated snapshot. Fields as in {@link Snapshot}.
 *
 * @param objective F(w) on the whole training set
 * @param testMetric accuracy (classification) or RMSE (regression) on the test set, if there is one
 * @param nodeObjectives F of every node's own weights, gossip only; empty where it was not
 *     evaluated
 */
public record TracePoint(
    double seconds,
    double epochs,
    long updates,
    double objective,
    @Nullable Double testMetric,
    long bytes,
    @Nullable Double consensusDistance,
    @Nullable Integer maxStaleness,
    List<Double> nodeObjectives) {
  public TracePoint {
    nodeObjectives = List.copyOf(nodeObjectives);
  }

  /** A point of one weight vector. */
  public TracePoint(
      double seconds,
      double epochs,
      long updates,
      double objective,
      @Nullable Double testMetric,
      long bytes,
      @Nullable Double consensusDistance,
      @Nullable Integer maxStaleness) {
    this(
        seconds,
        epochs,
        updates,
        objective,
        testMetric,
        bytes,
        consensusDistance,
        maxStaleness,
        List.of());
  }
}
