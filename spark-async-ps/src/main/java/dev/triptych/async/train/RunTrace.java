package dev.triptych.async.train;

import dev.triptych.async.client.RunLocation;
import dev.triptych.async.shard.SliceSnapshot;
import dev.triptych.async.shard.SnapshotSummary;
import dev.triptych.async.store.RangePartition;
import dev.triptych.core.model.Objective;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.Snapshot;
import dev.triptych.core.training.TargetRule;
import dev.triptych.core.training.TracePoint;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.spark.evaluate.SnapshotEvaluator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The trace of a run: evaluates the snapshots that its servers keep, off the training clock. */
final class RunTrace {
  private final Objective objective;
  private final TrainingData data;
  private final RunSettings run;
  private final @Nullable ServedEvaluation served;
  private final RunServers servers;
  private final List<TracePoint> points = new ArrayList<>();
  private long lastSnapshotVersion = -1;

  /**
   * @param served evaluates where the weights are, or null to evaluate whole vectors
   */
  RunTrace(
      Objective objective,
      TrainingData data,
      RunSettings run,
      @Nullable ServedEvaluation served,
      RunServers servers) {
    this.objective = objective;
    this.data = data;
    this.run = run;
    this.served = served;
    this.servers = servers;
  }

  /** So far, ascending. */
  List<TracePoint> points() {
    return points;
  }

  /** Adds what is new to the trace; true if the target was reached, where the trace then ends. */
  boolean evaluateNewSnapshots() throws InterruptedException {
    List<SnapshotSummary> fresh =
        servers.client().keepAndList(lastSnapshotVersion + 1, objective.model().numPenalised());
    if (fresh.isEmpty()) {
      return false;
    }
    lastSnapshotVersion = fresh.get(fresh.size() - 1).version();
    points.addAll(
        served != null
            ? served.trace(fresh)
            : SnapshotEvaluator.trace(objective, data, fetched(fresh)));
    int reached = TargetRule.firstAtOrBelow(run.target(), points);
    if (reached < 0) {
      return false;
    }
    // The run ends here: what the workers did in the rest of the segment does not count.
    points.subList(reached + 1, points.size()).clear();
    return true;
  }

  private List<Snapshot> fetched(List<SnapshotSummary> summaries) throws InterruptedException {
    List<Snapshot> snapshots = new ArrayList<>();
    for (SnapshotSummary summary : summaries) {
      snapshots.add(fetched(summary.version()));
    }
    return snapshots;
  }

  /** A snapshot that every shard has kept. */
  private Snapshot fetched(long version) throws InterruptedException {
    List<SliceSnapshot> slices = servers.client().snapshotFrom(version);
    if (slices == null || slices.stream().anyMatch(slice -> slice.version() != version)) {
      throw new IllegalStateException("the servers have lost the snapshot of update " + version);
    }
    return join(slices);
  }

  /** The version of the final weights. */
  long lastVersion() {
    return points.get(points.size() - 1).updates();
  }

  /** The final weights. */
  double[] lastWeights() throws InterruptedException {
    return fetched(lastVersion()).weights();
  }

  private Snapshot join(List<SliceSnapshot> slices) {
    RunLocation location = servers.location();
    RangePartition partition = location.partition();
    double[] weights = new double[location.numParameters()];
    long bytes = 0;
    for (int shard = 0; shard < slices.size(); shard++) {
      SliceSnapshot slice = slices.get(shard);
      slice.weights().duplicate().get(weights, partition.start(shard), partition.length(shard));
      bytes += slice.bytes();
    }
    SliceSnapshot first = slices.get(0);
    return new Snapshot(
        first.version(),
        first.nanos() / 1e9,
        (double) first.numExamples() / data.numRows(),
        bytes,
        weights,
        null,
        (int) Math.min(Integer.MAX_VALUE, first.maxStaleness()));
  }
}
