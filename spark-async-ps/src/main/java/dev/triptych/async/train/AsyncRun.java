package dev.triptych.async.train;

import dev.triptych.async.order.ArrivalOrder;
import dev.triptych.async.replica.Coordinator;
import dev.triptych.async.shard.Progress;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.async.shard.ShardStatus;
import dev.triptych.core.InvalidInputException;
import dev.triptych.core.model.Objective;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.SnapshotSchedule;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.Versions;
import dev.triptych.spark.checkpoint.CheckpointDirectory;
import dev.triptych.spark.checkpoint.Checkpoints;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.spark.worker.TaskSlots;
import dev.triptych.spark.worker.WorkerGroup;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run as the driver sees it: opens the shards, runs the workers as a Spark job (several, one
 * after the other, when a target has to be checked in between), watches that something moves, and
 * collects the result. The servers keep weights, clocks and ledger between the jobs.
 */
final class AsyncRun implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AsyncRun.class);
  private static final int SEGMENTS_WITH_TARGET = 20;

  private final Objective objective;
  private final TrainingData data;
  private final AsyncSettings settings;
  private final RunSettings run;
  private final ProgressListener progress;
  private final JavaSparkContext spark;
  private final WorkerGroup workers;
  private final PushFormat format;
  private final RunServers servers;
  private final RunTrace trace;
  private final WorkerTotals totals;
  private @Nullable Checkpointer checkpointer;
  // The training clock when the last job ended.
  private long clockNanos;

  private AsyncRun(
      Objective objective,
      TrainingData data,
      AsyncSettings settings,
      ProgressListener progress,
      JavaSparkContext spark,
      PushFormat format,
      WorkerGroup workers,
      RunServers servers) {
    this.objective = objective;
    this.data = data;
    this.settings = settings;
    this.run = settings.run();
    this.progress = progress;
    this.spark = spark;
    this.format = format;
    this.workers = workers;
    this.servers = servers;
    ServedEvaluation served =
        format == PushFormat.SPARSE
            ? new ServedEvaluation(objective, data, workers, servers.location(), run.maxWait())
            : null;
    trace = new RunTrace(objective, data, run, served, servers);
    totals = new WorkerTotals(run.numWorkers(), settings.traffic().pushEvery());
  }

  /**
   * The result, and how the shards stood at the end.
   *
   * @param acknowledged pushes that each worker was told are applied, by its own count
   * @param failovers servers lost and replaced
   * @param numMoves shards moved by plan, to servers that came and from servers that left
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Outcome(
      TrainingRun run,
      List<ShardStatus> shards,
      long[] acknowledged,
      List<Coordinator.Failover> failovers,
      int numMoves) {}

  static AsyncRun open(
      Objective objective, TrainingData data, AsyncSettings settings, ProgressListener progress)
      throws InterruptedException {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(data.blocks().context());
    RunSettings run = settings.run();
    int slots = TaskSlots.await(spark.sc(), run.numWorkers(), run.maxWait());
    PushFormat format =
        PushFormat.choose(objective, data, run, run.batchSize() * settings.traffic().pushEvery());
    WorkerGroup workers =
        format == PushFormat.SPARSE
            ? WorkerGroup.ofCompact(data, slots)
            : WorkerGroup.of(data, slots);
    RunServers servers = RunServers.open(spark, settings, objective.model().numParameters());
    return new AsyncRun(objective, data, settings, progress, spark, format, workers, servers);
  }

  Outcome train() throws InterruptedException {
    String recordedSettings = RunFingerprint.ofOrder(objective, data, settings);
    List<ArrivalOrder> replayed = settings.orders().open(recordedSettings);
    long examplesPerClock = 0;
    for (long rows : data.rowsPerWorker()) {
      examplesPerClock += run.batchSize() == 0 ? rows : Math.min(rows, run.batchSize());
    }
    examplesPerClock *= settings.traffic().pushEvery();
    long numClocks =
        Math.max(1, Math.round(run.epochs() * data.numRows() / (double) examplesPerClock));
    int numSegments = run.target() == null ? 1 : (int) Math.min(SEGMENTS_WITH_TARGET, numClocks);
    StopReason reason = StopReason.COMPLETED;
    boolean opened = false;
    Map<String, String> fingerprint = fingerprint();
    CheckpointDirectory.Saved saved = saved(fingerprint);
    long examplesBefore = saved == null ? 0 : saved.manifest().examples();
    for (int segment = 1; segment <= numSegments; segment++) {
      long budget = numClocks * segment / numSegments * examplesPerClock;
      if (budget <= examplesBefore && segment < numSegments) {
        continue; // done before the checkpoint
      }
      if (opened) {
        servers.client().extend(budget);
      } else {
        if (saved == null) {
          servers
              .client()
              .open(
                  length -> shardSettings(length, budget, numClocks),
                  objective.initialWeights(run.seed()));
        } else {
          resume(saved, budget);
        }
        opened = true;
        servers.start();
        if (replayed != null) {
          servers.client().replayOrder(replayed);
        } else if (settings.orders().recordTo() != null) {
          servers.client().recordOrder();
        }
        startCheckpoints(fingerprint, examplesBefore);
      }
      runWorkers();
      if (servers.client().status().stream().anyMatch(s -> s.progress() == Progress.DIVERGED)) {
        trace.evaluateNewSnapshots();
        reason = StopReason.DIVERGED;
        break;
      }
      boolean reached = trace.evaluateNewSnapshots();
      progress.evaluated(trace.points().get(trace.points().size() - 1));
      if (reached) {
        reason = StopReason.TARGET_REACHED;
        break;
      }
    }
    if (settings.orders().recordTo() != null) {
      settings.orders().write(recordedSettings, servers.client().orders());
    }
    List<ShardStatus> shards = servers.client().status();
    WeightsSink sink = settings.sink();
    if (sink != null) {
      save(sink);
    }
    return new Outcome(
        result(reason, shards),
        shards,
        totals.acknowledged(),
        servers.failovers(),
        servers.numMoves());
  }

  private Map<String, String> fingerprint() {
    Durability durability = settings.durability();
    return durability.checkpoints() == null && durability.resumeFrom() == null
        ? Map.of()
        : RunFingerprint.of(objective, data, settings);
  }

  private CheckpointDirectory.@Nullable Saved saved(Map<String, String> fingerprint) {
    String path = settings.durability().resumeFrom();
    if (path == null) {
      return null;
    }
    CheckpointDirectory.Saved saved =
        CheckpointDirectory.at("--resume", path, "shard", spark.hadoopConfiguration())
            .newest("--resume");
    saved.requireSame("--resume", fingerprint);
    return saved;
  }

  private void resume(CheckpointDirectory.Saved saved, long budget) throws InterruptedException {
    try {
      for (int shard = 0; shard < settings.servers(); shard++) {
        try (InputStream state = saved.open(shard)) {
          servers.client().install(shard, saved.manifest().parts().get(shard).bytes(), state);
        }
      }
    } catch (IOException e) {
      throw new InvalidInputException("--resume: " + saved + ": " + e.getMessage(), e);
    }
    servers.client().resume(budget);
    LOG.info("going on from {} after {} examples", saved, saved.manifest().examples());
  }

  private void startCheckpoints(Map<String, String> fingerprint, long examplesBefore) {
    Checkpoints checkpoints = settings.durability().checkpoints();
    if (checkpoints != null) {
      checkpointer =
          new Checkpointer(
              CheckpointDirectory.at(
                  "--checkpoint-dir",
                  checkpoints.directory(),
                  "shard",
                  spark.hadoopConfiguration()),
              checkpoints,
              servers::client,
              servers.location().run(),
              data.numRows(),
              fingerprint,
              run.maxWait());
      checkpointer.start(examplesBefore);
    }
  }

  private ShardSettings shardSettings(int length, long budget, long numClocks) {
    long updates =
        settings.consistency().averagesClocks() ? numClocks : numClocks * run.numWorkers();
    return new ShardSettings(
        run.numWorkers(),
        length,
        run.optimizer(),
        run.stepSize(),
        settings.consistency(),
        data.numRows(),
        budget,
        Math.max(1, updates / run.snapshots()),
        SnapshotSchedule.limitFor(
            objective.model().numParameters(), RunSettings.MAX_SNAPSHOT_BYTES, 2 * run.snapshots()),
        settings.delayRule());
  }

  private void runWorkers() throws InterruptedException {
    JavaFutureAction<List<List<WorkerEnd>>> job =
        collectAsync(
            new WorkerTask(objective, run, servers.location(), settings.traffic(), data.numRows()));
    try {
      List<List<WorkerEnd>> ends =
          new JobWatch(servers, settings, data.numRows(), progress).await(job);
      totals.add(ends, clockNanos);
      List<ShardStatus> shards = servers.client().status();
      clockNanos = shards.get(0).nanos();
      progress.progressed((double) shards.get(0).numExamples() / data.numRows(), run.epochs());
      progress.observed(JobWatch.live(shards));
    } finally {
      job.cancel(true);
    }
  }

  private JavaFutureAction<List<List<WorkerEnd>>> collectAsync(WorkerTask task) {
    return workers.results(task).collectAsync();
  }

  private void save(WeightsSink sink) {
    try {
      sink.save(new ServedWeights(servers.location(), trace.lastVersion(), run.maxWait()));
    } catch (IOException e) {
      throw new UncheckedIOException("the model could not be saved: " + e.getMessage(), e);
    }
  }

  private TrainingRun result(StopReason reason, List<ShardStatus> shards)
      throws InterruptedException {
    Integer numCheckpoints = checkpointer == null ? null : checkpointer.numWritten();
    return new RunReport(settings, servers, format, workers.numTasks(), numCheckpoints)
        .of(reason, shards, trace, totals, Versions.here(spark.sc()));
  }

  @Override
  public void close() throws InterruptedException {
    try {
      if (checkpointer != null) {
        checkpointer.close();
      }
    } finally {
      servers.close();
    }
  }
}
