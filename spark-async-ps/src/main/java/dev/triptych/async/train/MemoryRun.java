package dev.triptych.async.train;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.FeatureFrequency;
import dev.triptych.core.model.Objective;
import dev.triptych.core.timeline.SpanRecorder;
import dev.triptych.core.timeline.Timeline;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.Snapshot;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TargetRule;
import dev.triptych.core.training.TracePoint;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.core.training.WorkerActivity;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.Versions;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.spark.evaluate.SnapshotEvaluator;
import dev.triptych.spark.worker.TaskSlots;
import dev.triptych.spark.worker.WorkerGroup;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/**
 * One run in shared memory as the driver sees it: runs the workers as a Spark job (several, one
 * after the other, when a target has to be checked in between), watches that something moves, and
 * collects the result.
 */
final class MemoryRun implements AutoCloseable {
  private static final int SEGMENTS_WITH_TARGET = 20;
  private static final long POLL_MILLIS = 500;

  private final Objective objective;
  private final TrainingData data;
  private final Transport transport;
  private final RunSettings run;
  private final ProgressListener progress;
  private final JavaSparkContext spark;
  private final WorkerGroup workers;
  private final PushFormat format;
  private final @Nullable Broadcast<FeatureFrequency> frequency;
  private final long examplesPerClock;
  private final long numClocks;
  private final SharedRun shared;
  private final double[] computeSeconds;
  private final double[] waitSeconds;
  private final List<SpanRecorder> recorders = new ArrayList<>();
  private final List<TracePoint> trace = new ArrayList<>();
  private long lastSnapshot = -1;
  private double @Nullable [] weightsAtTarget;

  private MemoryRun(
      Objective objective,
      TrainingData data,
      AsyncSettings settings,
      ProgressListener progress,
      JavaSparkContext spark,
      WorkerGroup workers) {
    this.objective = objective;
    this.data = data;
    this.transport = settings.transport();
    this.run = settings.run();
    this.progress = progress;
    this.spark = spark;
    this.workers = workers;
    this.format = PushFormat.choose(objective, data, run, run.batchSize());
    this.frequency =
        format == PushFormat.SPARSE ? spark.broadcast(data.collectedFrequency()) : null;
    int[] batchSizes = new int[run.numWorkers()];
    long examples = 0;
    for (int worker = 0; worker < batchSizes.length; worker++) {
      int rows = Math.toIntExact(data.rowsPerWorker()[worker]);
      batchSizes[worker] = run.batchSize() == 0 ? rows : Math.min(rows, run.batchSize());
      examples += batchSizes[worker];
    }
    this.examplesPerClock = examples;
    this.numClocks = Math.max(1, Math.round(run.epochs() * data.numRows() / (double) examples));
    this.shared =
        new SharedRun(
            run,
            objective.initialWeights(run.seed()).toArray(objective.model().numParameters()),
            data.numRows(),
            batchSizes,
            Math.max(1, numClocks * run.numWorkers() / run.snapshots()),
            transport == Transport.LOCKED);
    this.computeSeconds = new double[run.numWorkers()];
    this.waitSeconds = new double[run.numWorkers()];
    for (int worker = 0; worker < run.numWorkers(); worker++) {
      recorders.add(new SpanRecorder());
    }
  }

  /**
   * @throws InvalidInputException if workers do not share a process, or settings do not fit
   */
  static MemoryRun open(
      Objective objective, TrainingData data, AsyncSettings settings, ProgressListener progress)
      throws InterruptedException {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(data.blocks().context());
    settings
        .transport()
        .check(settings.consistency(), settings.delayRule(), settings.run().optimizer().name());
    settings.transport().checkMaster(spark.isLocal(), spark.master());
    int slots = TaskSlots.await(spark.sc(), data.numWorkers(), settings.run().maxWait());
    return new MemoryRun(objective, data, settings, progress, spark, WorkerGroup.of(data, slots));
  }

  TrainingRun train() throws InterruptedException {
    int numSegments = run.target() == null ? 1 : (int) Math.min(SEGMENTS_WITH_TARGET, numClocks);
    StopReason reason = StopReason.COMPLETED;
    for (int segment = 1; segment <= numSegments; segment++) {
      shared.extend(numClocks * segment / numSegments * examplesPerClock);
      runWorkers();
      boolean reached = evaluateNewSnapshots();
      if (shared.divergedAtUpdate() > 0) {
        reason = StopReason.DIVERGED;
        break;
      }
      if (reached) {
        reason = StopReason.TARGET_REACHED;
        break;
      }
    }
    return result(reason);
  }

  private void runWorkers() throws InterruptedException {
    JavaFutureAction<List<List<WorkerEnd>>> job =
        workers
            .results(new SharedTask(objective, run, shared.id(), data.numRows(), frequency))
            .collectAsync();
    try {
      long clockNanos = shared.nanos();
      for (List<WorkerEnd> task : watch(job)) {
        for (WorkerEnd end : task) {
          WorkerActivity activity = end.activity;
          recorders.get(activity.worker()).append(end.recorder, clockNanos);
          computeSeconds[activity.worker()] += activity.computeSeconds();
          waitSeconds[activity.worker()] += activity.waitSeconds();
        }
      }
    } finally {
      job.cancel(true);
      shared.stop();
    }
  }

  /** Waits for the job; fails when no worker has done a mini-batch for longer than the bound. */
  private <R> R watch(JavaFutureAction<R> job) throws InterruptedException {
    long before = -1;
    long movedAt = System.nanoTime();
    while (true) {
      try {
        R result = job.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
        progress.progressed((double) shared.numExamples() / data.numRows(), run.epochs());
        return result;
      } catch (ExecutionException e) {
        throw JobWatch.failed(e);
      } catch (TimeoutException e) {
        long examples = shared.numExamples();
        progress.progressed((double) examples / data.numRows(), run.epochs());
        long now = System.nanoTime();
        if (examples != before) {
          before = examples;
          movedAt = now;
        } else if (now - movedAt > run.maxWait().toNanos()) {
          throw new IllegalStateException(
              "no worker did a mini-batch for %d s, after update %d"
                  .formatted(run.maxWait().toSeconds(), shared.progress().total()),
              e);
        }
      }
    }
  }

  /** Adds what is new to the trace, off the training clock; true if the target was reached. */
  private boolean evaluateNewSnapshots() {
    List<Snapshot> fresh = new ArrayList<>(shared.snapshotsAfter(lastSnapshot));
    Snapshot now = shared.current();
    long newest = fresh.isEmpty() ? lastSnapshot : fresh.get(fresh.size() - 1).updates();
    if (now.updates() > newest) {
      fresh.add(now);
    } else if (!fresh.isEmpty()) {
      // Taken while the last updates were under way; this one has them all.
      fresh.set(fresh.size() - 1, now);
    }
    if (fresh.isEmpty()) {
      return false;
    }
    lastSnapshot = now.updates();
    int first = trace.size();
    trace.addAll(SnapshotEvaluator.trace(objective, data, fresh));
    int reached = TargetRule.firstAtOrBelow(run.target(), trace);
    if (reached < 0) {
      return false;
    }
    // The run ends here: what the workers did in the rest of the segment does not count.
    trace.subList(reached + 1, trace.size()).clear();
    weightsAtTarget = fresh.get(reached - first).weights();
    return true;
  }

  private TrainingRun result(StopReason reason) {
    List<WorkerActivity> activities = new ArrayList<>();
    for (int worker = 0; worker < run.numWorkers(); worker++) {
      activities.add(
          new WorkerActivity(
              worker,
              shared.progress().stepsOf(worker),
              computeSeconds[worker],
              waitSeconds[worker],
              shared.staleness(worker)));
    }
    long updates = shared.progress().total();
    long diverged = shared.divergedAtUpdate();
    recorders.forEach(recorder -> recorder.end(shared.nanos()));
    return new TrainingRun(
            "async",
            transport == Transport.LOCKED ? "locked" : "hogwild",
            settingsInWords(),
            run.seed(),
            Versions.here(spark.sc()),
            reason,
            diverged > 0 ? diverged : null,
            weightsAtTarget == null ? shared.current().weights() : weightsAtTarget,
            trace,
            shared.nanos() / 1e9,
            updates,
            updates,
            0,
            0,
            shared.staleness(),
            null,
            activities)
        .withTimeline(Timeline.of(recorders));
  }

  private Map<String, String> settingsInWords() {
    Map<String, String> words = new LinkedHashMap<>(run.inWords());
    words.put("transport", transport.optionName());
    words.put(
        "updates",
        transport == Transport.LOCKED
            ? "one array of weights behind one lock"
            : "one array of weights without locks: some updates may be lost, no run is like"
                + " another");
    words.put("gradients", format.words());
    int batch = run.batchSize();
    long every = batch == 0 ? 1 : Math.max(1, SharedLoop.EXAMPLES_PER_CLAIM / batch);
    if (every > 1) {
      words.put("staleness counted", "for one mini-batch in " + every);
    }
    words.put("tasks", String.valueOf(workers.numTasks()));
    return words;
  }

  @Override
  public void close() {
    shared.close();
    if (frequency != null) {
      frequency.destroy();
    }
  }
}
