package dev.triptych.sync;

import dev.triptych.core.model.Objective;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.Snapshot;
import dev.triptych.core.training.SnapshotSchedule;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TracePoint;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.spark.evaluate.SnapshotEvaluator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One run of an algorithm that updates the weights once a step: its state on the driver. */
final class GradientRun {
  private static final double ROUNDING = 1e-9;

  private final Objective objective;
  private final TrainingData data;
  private final SyncSettings settings;
  private final RunSettings run;
  private final ProgressListener progress;
  private final Step step;
  private final Updates updates;
  private final double[] weights;
  private final SnapshotSchedule<Snapshot> snapshots;
  private final List<TracePoint> evaluated = new ArrayList<>();
  private long steps;

  GradientRun(
      Objective objective, TrainingData data, SyncSettings settings, ProgressListener progress) {
    this.objective = objective;
    this.data = data;
    this.settings = settings;
    this.run = settings.run();
    this.progress = progress;
    this.step = new Step(data, run);
    this.updates = updates();
    int numParameters = objective.model().numParameters();
    this.weights = objective.initialWeights(run.seed()).toArray(numParameters);
    this.snapshots =
        new SnapshotSchedule<>(
            (long) (run.epochs() / updates.nextEpochs() / run.snapshots()),
            SnapshotSchedule.limitFor(
                numParameters, RunSettings.MAX_SNAPSHOT_BYTES, 2 * run.snapshots()));
  }

  private Updates updates() {
    int batchSize = settings.isFullBatch() ? 0 : run.batchSize();
    double epochsPerStep = data.epochsPerStep(batchSize);
    MiniBatches batches = batches(batchSize);
    return switch (settings.algorithm()) {
      case LOCAL_SGD -> new LocalUpdates(batches, step, settings.localSteps(), epochsPerStep);
      case SVRG -> new SvrgUpdates(batches, batches(0), step, epochsPerStep);
      case GD, SGD -> new GradientUpdates(batches, step, epochsPerStep);
      case GD_LINE_SEARCH, LBFGS ->
          throw new IllegalArgumentException(settings.algorithm() + " decides where to look next");
    };
  }

  private MiniBatches batches(int batchSize) {
    return new MiniBatches(
        objective,
        run,
        batchSize,
        MiniBatches.shares(data.rowsPerWorker(), data.numRows(), batchSize == 0));
  }

  TrainingRun run() {
    keepSnapshot();
    StopReason reason = StopReason.COMPLETED;
    Long divergedAt = null;
    while (reason == StopReason.COMPLETED && isAnotherDue()) {
      step.resumeClock();
      boolean finite = updates.apply(weights);
      step.pauseClock();
      steps++;
      progress.progressed(updates.epochs(), run.epochs());
      if (!finite) {
        reason = StopReason.DIVERGED;
        divergedAt = steps;
      } else if (snapshots.isDue(steps) || !isAnotherDue()) {
        keepSnapshot();
        if (targetReached()) {
          reason = StopReason.TARGET_REACHED;
        }
      }
    }
    return result(reason, divergedAt);
  }

  /** As many updates as come nearest to the epochs asked for, and at least one. */
  private boolean isAnotherDue() {
    return steps == 0 || updates.epochs() + updates.nextEpochs() / 2 <= run.epochs() + ROUNDING;
  }

  private void keepSnapshot() {
    snapshots.keep(
        steps,
        new Snapshot(
            steps,
            step.seconds(),
            updates.epochs(),
            step.bytes(),
            Arrays.copyOf(weights, weights.length),
            null,
            null));
  }

  /** Evaluates what is new among the snapshots; the clock stands still. */
  private boolean targetReached() {
    Double target = run.target();
    if (target == null) {
      return false;
    }
    List<Snapshot> kept = snapshots.kept();
    List<TracePoint> latest =
        SnapshotEvaluator.trace(objective, data, kept.subList(kept.size() - 1, kept.size()));
    evaluated.addAll(latest);
    progress.evaluated(latest.get(0));
    return latest.get(0).objective() <= target;
  }

  private TrainingRun result(StopReason reason, @Nullable Long divergedAt) {
    return SyncReport.of(
            settings,
            SyncReport.Totals.of(step),
            reason,
            divergedAt,
            weights,
            trace(),
            step.seconds(),
            steps)
        .withTimeline(step.timeline());
  }

  private List<TracePoint> trace() {
    if (run.target() == null) {
      return SnapshotEvaluator.trace(objective, data, snapshots.kept());
    }
    List<TracePoint> trace =
        new ArrayList<>(SnapshotEvaluator.trace(objective, data, snapshots.kept().subList(0, 1)));
    trace.addAll(evaluated);
    return trace;
  }
}
