package dev.triptych.sync;

import dev.triptych.core.minimizer.Minimum;
import dev.triptych.core.minimizer.StopRule;
import dev.triptych.core.model.Objective;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.Snapshot;
import dev.triptych.core.training.SnapshotSchedule;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.spark.evaluate.SnapshotEvaluator;

/**
 * One run of L-BFGS, of OWL-QN where the objective has an L1 term, or of gradient descent with a
 * line search: the workers compute F and its gradient over all examples, the driver decides where
 * to look next. An epoch is a pass over the data, an update an iteration. The pass that collects
 * the features' means and deviations is on the clock and no epoch; the last line search may end a
 * few passes beyond what was asked for.
 */
final class QuasiNewtonRun {
  private final Objective objective;
  private final TrainingData data;
  private final SyncSettings settings;
  private final RunSettings run;
  private final ProgressListener progress;
  private final Step step;
  private final SnapshotSchedule<Snapshot> snapshots;
  private long startNanos;
  private boolean targetReached;

  QuasiNewtonRun(
      Objective objective, TrainingData data, SyncSettings settings, ProgressListener progress) {
    this.objective = objective;
    this.data = data;
    this.settings = settings;
    this.run = settings.run();
    this.progress = progress;
    this.step = new Step(data, run);
    this.snapshots =
        new SnapshotSchedule<>(
            1,
            SnapshotSchedule.limitFor(
                objective.model().numParameters(),
                RunSettings.MAX_SNAPSHOT_BYTES,
                2 * run.snapshots()));
  }

  TrainingRun run() {
    double[] initial =
        objective.initialWeights(run.seed()).toArray(objective.model().numParameters());
    int maxPasses = (int) Math.max(1, Math.min(Integer.MAX_VALUE, Math.round(run.epochs())));
    startNanos = System.nanoTime();
    step.resumeClock();
    Minimisation minimisation =
        Minimisation.of(settings.algorithm(), objective, data, run.maxWait());
    Minimum minimum =
        minimisation.minimise(
            this::evaluate,
            minimisation.pointOf(initial),
            new StopRule(Math.min(maxPasses, settings.maxIterations()), settings.tolerance()),
            (iteration, point, value) -> {
              if (snapshots.isDue(iteration)) {
                keep(iteration, minimisation.weightsAt(point), seconds());
              }
              return goOn(value, maxPasses);
            });
    double[] weights = minimisation.weightsAt(minimum.weights());
    step.pauseClock();
    double seconds = seconds();
    long updates = minimum.iterations();
    // A start that is not finite is never watched.
    if (snapshots.size() == 0 || lastKept() < updates) {
      keep(updates, weights, seconds);
    }
    boolean diverged = minimum.ending() == Minimum.Ending.NOT_FINITE;
    return SyncReport.of(
            settings,
            SyncReport.Totals.of(step),
            diverged
                ? StopReason.DIVERGED
                : targetReached ? StopReason.TARGET_REACHED : StopReason.COMPLETED,
            diverged ? Long.valueOf(0) : null,
            weights,
            SnapshotEvaluator.trace(objective, data, snapshots.kept()),
            seconds,
            updates)
        .withTimeline(step.timeline());
  }

  /** The smooth part of F. */
  private double evaluate(double[] weights, double[] gradient) {
    long pass = step.steps();
    StepGradient sum =
        step.sum(weights, shared -> new PassTask(objective, run, data.numRows(), pass, shared));
    System.arraycopy(sum.gradient(), 0, gradient, 0, gradient.length);
    objective.addSmoothPenaltyGradient(weights, gradient);
    progress.progressed(Math.min(run.epochs(), step.steps()), run.epochs());
    return sum.lossSum() / data.numRows() + objective.smoothPenalty(weights);
  }

  private boolean goOn(double value, int maxPasses) {
    Double target = run.target();
    targetReached = target != null && value <= target;
    return !targetReached && step.steps() < maxPasses;
  }

  private void keep(long updates, double[] weights, double seconds) {
    snapshots.keep(
        updates, new Snapshot(updates, seconds, step.steps(), step.bytes(), weights, null, null));
  }

  private long lastKept() {
    return snapshots.kept().get(snapshots.size() - 1).updates();
  }

  private double seconds() {
    return (System.nanoTime() - startNanos) / 1e9;
  }
}
