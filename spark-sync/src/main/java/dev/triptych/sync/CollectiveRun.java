package dev.triptych.sync;

import dev.triptych.core.model.Model;
import dev.triptych.core.model.Objective;
import dev.triptych.core.timeline.SpanRecorder;
import dev.triptych.core.timeline.Timeline;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.RunStoppedException;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TracePoint;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.control.RunControl;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.spark.evaluate.SnapshotEvaluator;
import dev.triptych.spark.evaluate.TestMetric;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.worker.TaskSlots;
import dev.triptych.spark.worker.WatchedJob;
import dev.triptych.spark.worker.WorkerGroup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/**
 * A run whose steps go without the driver: it starts the tasks, looks on, and has nothing as large
 * as the model unless the final weights are wanted.
 */
final class CollectiveRun {
  private final String runId = "sync-" + UUID.randomUUID().toString().substring(0, 8);
  private final Objective objective;
  private final TrainingData data;
  private final SyncSettings settings;
  private final RunSettings run;
  private final ProgressListener progress;
  private final JavaSparkContext spark;
  private final WorkerGroup workers;
  private final int batchSize;
  private final int numUsed;
  private final double epochsPerStep;
  private double preparationSeconds;

  CollectiveRun(
      Objective objective, TrainingData data, SyncSettings settings, ProgressListener progress) {
    this.objective = objective;
    this.data = data;
    this.settings = settings;
    this.run = settings.run();
    this.progress = progress;
    this.spark = JavaSparkContext.fromSparkContext(data.blocks().context());
    this.workers =
        WorkerGroup.of(data, TaskSlots.await(spark.sc(), run.numWorkers(), run.maxWait()));
    this.batchSize = settings.isFullBatch() ? 0 : run.batchSize();
    this.numUsed = run.numWorkers() - settings.backupWorkers();
    this.epochsPerStep = data.epochsPerStep(batchSize) * numUsed / run.numWorkers();
  }

  TrainingRun run() {
    List<CollectiveEnd> ends;
    long begin = System.nanoTime();
    Minimisation minimisation =
        settings.algorithm().searchesLines()
            ? Minimisation.of(settings.algorithm(), objective, data, run.maxWait())
            : null;
    preparationSeconds = (System.nanoTime() - begin) / 1e9;
    try (RunControl control = RunControl.open(runId, workers.numTasks(), run.maxWait());
        ArrivalDesk desk = numUsed < run.numWorkers() ? openDesk() : null) {
      CollectivePlan plan = plan(control, desk == null ? null : desk.address(), minimisation);
      CollectiveTask task = new CollectiveTask(plan);
      ends =
          WatchedJob.run(
              spark,
              "run " + runId + " with " + settings.aggregation().optionName(),
              // The tasks themselves say sooner whom they waited for.
              plan.maxStepWait().plus(run.maxWait()),
              () -> reported(control),
              () -> workers.run(task));
    } catch (Exception e) { // Spark's own is a checked one that nobody declares.
      RunStoppedException stopped = new RunStoppedException(reason(e));
      stopped.initCause(e);
      throw stopped;
    }
    checkFailures(ends);
    return result(ends);
  }

  private CollectivePlan plan(
      RunControl control, @Nullable Address desk, @Nullable Minimisation minimisation) {
    long totalSteps = Math.max(1, Math.round(run.epochs() / epochsPerStep));
    return new CollectivePlan(
        control.address(),
        settings.aggregation(),
        new MiniBatches(
            objective,
            run,
            batchSize,
            MiniBatches.shares(data.rowsPerWorker(), data.numRows(), batchSize == 0)),
        objective.initialWeights(run.seed()),
        workers.numTasks(),
        data.numRows(),
        epochsPerStep,
        totalSteps,
        Math.max(1, totalSteps / run.snapshots()),
        settings.weightsWanted(),
        desk,
        minimisation,
        settings.tolerance(),
        (int) Math.min(totalSteps, settings.maxIterations()));
  }

  /** The furthest task's steps. */
  private long reported(RunControl control) {
    long steps = Arrays.stream(control.updatesByWorker()).max().orElse(0);
    progress.progressed(Math.min(run.epochs(), steps * epochsPerStep), run.epochs());
    return steps;
  }

  private ArrivalDesk openDesk() {
    return ArrivalDesk.open(
        runId, new FirstArrivals(run.numWorkers(), numUsed), CollectivePlan.maxStepWait(run));
  }

  /** What a task said, or Spark's own words, in one line. */
  private String reason(Exception e) {
    Throwable told = e.getCause() == null ? e : e.getCause();
    String line = String.valueOf(told.getMessage()).lines().findFirst().orElse("");
    int ours = line.indexOf("run " + runId);
    return ours >= 0 ? line.substring(ours) : "run " + runId + " stops: " + line;
  }

  private void checkFailures(List<CollectiveEnd> ends) {
    ends.stream()
        .filter(end -> end.failure != null)
        .min(Comparator.comparing(end -> end.isConsequence))
        .ifPresent(
            end -> {
              throw new IllegalStateException("run " + runId + " failed: " + end.failure);
            });
  }

  private TrainingRun result(List<CollectiveEnd> ends) {
    CollectiveEnd first = ends.get(0);
    double[] busySeconds = new double[run.numWorkers()];
    long[] used = new long[run.numWorkers()];
    long begun = 0;
    for (CollectiveEnd end : ends) {
      StepGradient.addTo(busySeconds, end.busySeconds);
      for (int worker = 0; worker < used.length; worker++) {
        used[worker] += end.used[worker];
        begun += end.begun[worker];
      }
    }
    progress.progressed(Math.min(run.epochs(), first.steps * epochsPerStep), run.epochs());
    return SyncReport.of(
            settings,
            new SyncReport.Totals(
                spark,
                workers.numTasks(),
                first.steps,
                used,
                first.numPoints() == 0 ? 0 : bytes(first.epochs(first.numPoints() - 1)),
                busySeconds,
                settings.backupWorkers() == 0
                    ? Map.of()
                    : Map.of("droppedGradients", begun - Arrays.stream(used).sum())),
            first.reason,
            first.reason == StopReason.DIVERGED ? Long.valueOf(first.steps) : null,
            first.weights,
            trace(first),
            preparationSeconds + first.clockSeconds,
            first.steps)
        .withTimeline(timeline(ends));
  }

  /** Null where something was not recorded. */
  private @Nullable Timeline timeline(List<CollectiveEnd> ends) {
    List<SpanRecorder> recorders = new ArrayList<>();
    for (int worker = 0; worker < run.numWorkers(); worker++) {
      for (CollectiveEnd end : ends) {
        SpanRecorder recorder = end.recorders[worker];
        if (recorder != null) {
          recorders.add(recorder);
        }
      }
    }
    return recorders.size() == run.numWorkers() ? Timeline.splitting(recorders) : null;
  }

  private List<TracePoint> trace(CollectiveEnd end) {
    Double finalMetric = testMetric(end.weights);
    List<TracePoint> trace = new ArrayList<>();
    for (int i = 0; i < end.numPoints(); i++) {
      long steps = end.updates(i);
      trace.add(
          new TracePoint(
              preparationSeconds + end.seconds(i),
              end.epochs(i),
              steps,
              end.objective(i),
              i == end.numPoints() - 1 ? finalMetric : null,
              bytes(end.epochs(i)),
              null,
              null));
    }
    return trace;
  }

  /** Of the final weights only: the test examples are not where the weights are. */
  private @Nullable Double testMetric(double @Nullable [] weights) {
    if (weights == null || data.test() == null) {
      return null;
    }
    Model model = objective.model();
    return SnapshotEvaluator.metrics(
        TestMetric.of(model.labelKind()), model, data.test(), List.of(weights))[0];
  }

  /** Of all tasks: 2(S − 1) vectors a step, whatever they are cut into. */
  private long bytes(double epochs) {
    return Math.round(epochs / epochsPerStep)
        * 2
        * (workers.numTasks() - 1)
        * objective.model().numParameters()
        * Double.BYTES;
  }
}
