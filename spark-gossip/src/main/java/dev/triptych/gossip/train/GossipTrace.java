package dev.triptych.gossip.train;

import dev.triptych.core.model.Objective;
import dev.triptych.core.training.Snapshot;
import dev.triptych.core.training.TargetRule;
import dev.triptych.core.training.TracePoint;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.spark.evaluate.SnapshotEvaluator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The evaluated means of a run so far, up to the one that reaches the target. */
final class GossipTrace {
  private final Objective objective;
  private final TrainingData data;
  private final @Nullable Double target;
  private final List<TracePoint> points = new ArrayList<>();
  private @Nullable RoundMean latest;

  GossipTrace(Objective objective, TrainingData data, @Nullable Double target) {
    this.objective = objective;
    this.data = data;
    this.target = target;
  }

  /** What an earlier run had evaluated. */
  void goOnFrom(List<TracePoint> earlier) {
    points.addAll(earlier);
  }

  /**
   * Evaluates a segment's means; those behind the one that reaches the target do not count.
   *
   * @return whether one does
   */
  boolean add(List<RoundMean> means, Function<RoundMean, Snapshot> snapshot) {
    if (means.isEmpty()) {
      return false;
    }
    int firstNew = points.size();
    points.addAll(SnapshotEvaluator.trace(objective, data, means.stream().map(snapshot).toList()));
    int reached = TargetRule.firstAtOrBelow(target, points);
    if (reached < 0) {
      latest = means.get(means.size() - 1);
      return false;
    }
    points.subList(reached + 1, points.size()).clear();
    latest = means.get(reached - firstNew);
    return true;
  }

  List<TracePoint> points() {
    return List.copyOf(points);
  }

  /**
   * The mean that the run ends with.
   *
   * @throws IllegalStateException if nothing was added yet
   */
  RoundMean latest() {
    if (latest == null) {
      throw new IllegalStateException("the first and the last weights of a segment are kept");
    }
    return latest;
  }
}
