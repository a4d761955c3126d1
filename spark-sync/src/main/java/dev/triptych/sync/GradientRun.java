package dev.triptych.sync;

import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.OptimizerState;
import dev.triptych.core.training.DivergenceRule;
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

/** One run of gradient descent or mini-batch SGD: its state on the driver. */
final class GradientRun {
  private final Objective objective;
  private final TrainingData data;
  private final SyncSettings settings;
  private final RunSettings run;
  private final ProgressListener progress;
  private final Step step;
  private final MiniBatches batches;
  private final double epochsPerStep;
  private final double[] weights;
  private final OptimizerState state;
  private final SnapshotSchedule<Snapshot> snapshots;
  private final List<TracePoint> evaluated = new ArrayList<>();
  private long steps;
  private long clockNanos;

  GradientRun(
      Objective objective, TrainingData data, SyncSettings settings, ProgressListener progress) {
    this.objective = objective;
    this.data = data;
    this.settings = settings;
    this.run = settings.run();
    this.progress = progress;
    this.step = new Step(data, run);
    boolean fullBatch = settings.algorithm() == SyncSettings.Algorithm.GD || run.batchSize() == 0;
    this.batches =
        new MiniBatches(
            objective,
            run,
            fullBatch ? 0 : run.batchSize(),
            MiniBatches.shares(data.rowsPerWorker(), data.numRows(), fullBatch));
    this.epochsPerStep = data.epochsPerStep(batches.batchSize());
    int numParameters = objective.model().numParameters();
    this.weights = objective.initialWeights(run.seed()).toArray(numParameters);
    this.state = run.optimizer().newState(numParameters);
    this.snapshots =
        new SnapshotSchedule<>(
            (long) (run.epochs() / epochsPerStep / run.snapshots()),
            SnapshotSchedule.limitFor(
                numParameters, RunSettings.MAX_SNAPSHOT_BYTES, 2 * run.snapshots()));
  }

  TrainingRun run() {
    long totalSteps = Math.max(1, Math.round(run.epochs() / epochsPerStep));
    keepSnapshot();
    StopReason reason = StopReason.COMPLETED;
    Long divergedAt = null;
    while (steps < totalSteps) {
      if (!step()) {
        reason = StopReason.DIVERGED;
        divergedAt = steps;
        break;
      }
      progress.progressed(steps * epochsPerStep, run.epochs());
      if (snapshots.isDue(steps) || steps == totalSteps) {
        keepSnapshot();
        if (targetReached()) {
          reason = StopReason.TARGET_REACHED;
          break;
        }
      }
    }
    return result(reason, divergedAt);
  }

  /** One step; false, with the weights left as they were, if the gradient is not finite. */
  private boolean step() {
    long start = System.nanoTime();
    StepGradient sum = step.sum(weights, shared -> new StepTask(batches, steps, shared));
    double[] gradient = sum.gradient();
    boolean finite = DivergenceRule.isFinite(gradient);
    if (finite) {
      objective.addPenaltyGradient(weights, 1, gradient);
      run.optimizer().apply(weights, gradient, run.stepSize().at(steps * epochsPerStep), state);
      finite = DivergenceRule.isFinite(weights);
    }
    clockNanos += System.nanoTime() - start;
    steps++;
    return finite;
  }

  private void keepSnapshot() {
    snapshots.keep(
        steps,
        new Snapshot(
            steps,
            clockNanos / 1e9,
            steps * epochsPerStep,
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
        clockNanos / 1e9,
        steps);
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
