package dev.triptych.sync;

import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.OptimizerState;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.Snapshot;
import dev.triptych.core.training.SnapshotSchedule;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TracePoint;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.core.training.WorkerActivity;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.Trainer;
import dev.triptych.spark.Versions;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.spark.evaluate.SnapshotEvaluator;
import dev.triptych.spark.worker.TaskSlots;
import dev.triptych.spark.worker.WatchedJob;
import dev.triptych.spark.worker.WorkerGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/**
 * Bulk-synchronous training on RDDs (Valiant 1990; Dean, Ghemawat 2004): each step broadcasts w,
 * every worker computes the gradient of its mini-batch, a tree reduction averages them, and the
 * driver takes one optimizer step. A step lasts as long as its slowest worker. The clock runs
 * during steps only.
 */
public final class SyncTrainer implements Trainer<SyncSettings> {
  private static final long MAX_FLAT_REDUCE_BYTES = 64L << 20;

  @Override
  public TrainingRun train(
      Objective objective, TrainingData data, SyncSettings settings, ProgressListener progress) {
    return new Session(objective, data, settings, progress).run();
  }

  /** The state of one run on the driver. */
  private static final class Session {
    private final Objective objective;
    private final TrainingData data;
    private final SyncSettings settings;
    private final RunSettings run;
    private final ProgressListener progress;
    private final JavaSparkContext spark;
    private final WorkerGroup workers;
    private final int batchSize;
    private final double[] workerWeights;
    private final double epochsPerStep;
    private final double[] weights;
    private final OptimizerState state;
    private final double[] busySeconds;
    private final SnapshotSchedule<Snapshot> snapshots;
    private final List<TracePoint> evaluated = new ArrayList<>();
    private long steps;
    private long clockNanos;
    private long bytes;

    Session(
        Objective objective, TrainingData data, SyncSettings settings, ProgressListener progress) {
      this.objective = objective;
      this.data = data;
      this.settings = settings;
      this.run = settings.run();
      this.progress = progress;
      this.spark = JavaSparkContext.fromSparkContext(data.blocks().context());
      this.workers =
          WorkerGroup.of(data, TaskSlots.await(spark.sc(), run.numWorkers(), run.maxWait()));
      boolean fullBatch = settings.algorithm() == SyncSettings.Algorithm.GD || run.batchSize() == 0;
      this.batchSize = fullBatch ? 0 : run.batchSize();
      this.workerWeights = workerWeights(data, fullBatch);
      this.epochsPerStep = epochsPerStep(data, batchSize);
      int numParameters = objective.model().numParameters();
      this.weights = new double[numParameters];
      this.state = run.optimizer().newState(numParameters);
      this.busySeconds = new double[run.numWorkers()];
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
      Broadcast<double[]> shared = spark.broadcast(weights);
      StepGradient sum;
      try {
        StepTask task = new StepTask(objective, run, batchSize, workerWeights, steps, shared);
        long step = steps;
        sum = WatchedJob.run(spark, "synchronous step " + step, maxStepTime(), () -> reduce(task));
      } finally {
        shared.destroy();
      }
      boolean finite = isFinite(sum.gradient());
      if (finite) {
        run.optimizer()
            .apply(weights, sum.gradient(), run.stepSize().at(steps * epochsPerStep), state);
        finite = isFinite(weights);
      }
      clockNanos += System.nanoTime() - start;
      bytes += 2L * workers.numTasks() * weights.length * Double.BYTES;
      StepGradient.addTo(busySeconds, sum.busySeconds());
      steps++;
      return finite;
    }

    /** The bound of any wait, on top of what stragglers are asked to take. */
    private Duration maxStepTime() {
      long delay = 0;
      for (int worker = 0; worker < run.numWorkers(); worker++) {
        delay = Math.max(delay, run.stragglers().totalNanos(worker, steps, 0));
      }
      return run.maxWait().plusNanos(delay);
    }

    /**
     * The sum over all tasks. Few small results are fetched and added in task order, a tree of
     * depth one and half the price of {@code treeReduce}; many or large ones go through executors
     * first.
     */
    private StepGradient reduce(StepTask task) {
      long bytesOnDriver = (long) workers.numTasks() * weights.length * Double.BYTES;
      if (bytesOnDriver > MAX_FLAT_REDUCE_BYTES) {
        return workers.results(task).treeReduce(StepGradient::plus, 2);
      }
      List<StepGradient> perTask = workers.run(task);
      StepGradient sum = perTask.get(0);
      for (StepGradient next : perTask.subList(1, perTask.size())) {
        sum.plus(next);
      }
      return sum;
    }

    private void keepSnapshot() {
      snapshots.keep(
          steps,
          new Snapshot(
              steps,
              clockNanos / 1e9,
              steps * epochsPerStep,
              bytes,
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
      List<TracePoint> trace = trace();
      double seconds = clockNanos / 1e9;
      List<WorkerActivity> activities = new ArrayList<>();
      for (int k = 0; k < busySeconds.length; k++) {
        activities.add(
            new WorkerActivity(k, steps, busySeconds[k], Math.max(0, seconds - busySeconds[k])));
      }
      return new TrainingRun(
          "sync",
          settings.algorithm().optionName(),
          settingsInWords(),
          run.seed(),
          Versions.here(spark.sc()),
          reason,
          divergedAt,
          weights,
          trace,
          seconds,
          steps,
          steps * run.numWorkers(),
          bytes,
          bytes,
          null,
          null,
          activities);
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

    private Map<String, String> settingsInWords() {
      Map<String, String> words = new LinkedHashMap<>(run.inWords());
      words.put("sync-algorithm", settings.algorithm().optionName());
      words.put("aggregation", "tree");
      words.put("bytes", "payload of broadcasts and results: 2 x tasks x weights a step");
      words.put("tasks", String.valueOf(workers.numTasks()));
      return words;
    }

    private static double[] workerWeights(TrainingData data, boolean fullBatch) {
      double[] shares = new double[data.numWorkers()];
      for (int k = 0; k < shares.length; k++) {
        shares[k] =
            fullBatch ? (double) data.rowsPerWorker()[k] / data.numRows() : 1.0 / shares.length;
      }
      return shares;
    }

    private static double epochsPerStep(TrainingData data, int batchSize) {
      long examples = 0;
      for (long rows : data.rowsPerWorker()) {
        examples += batchSize == 0 ? rows : Math.min(rows, batchSize);
      }
      return (double) examples / data.numRows();
    }

    private static boolean isFinite(double[] vector) {
      double sum = 0;
      for (double v : vector) {
        sum += v * 0;
      }
      return sum == 0;
    }
  }
}
