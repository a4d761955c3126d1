package dev.triptych.async.train;

import dev.triptych.async.checkpoint.CheckpointDirectory;
import dev.triptych.async.client.DriverClient;
import dev.triptych.async.client.ParameterServerException;
import dev.triptych.async.client.RunCoordinator;
import dev.triptych.async.client.RunLocation;
import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.order.ArrivalOrder;
import dev.triptych.async.plugin.ServerDirectory;
import dev.triptych.async.replica.Coordinator;
import dev.triptych.async.server.ParameterServer;
import dev.triptych.async.shard.Progress;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.async.shard.ShardStatus;
import dev.triptych.async.shard.SliceSnapshot;
import dev.triptych.async.shard.SnapshotSummary;
import dev.triptych.async.store.RangePartition;
import dev.triptych.core.InvalidInputException;
import dev.triptych.core.model.Objective;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.Snapshot;
import dev.triptych.core.training.SnapshotSchedule;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TargetRule;
import dev.triptych.core.training.TracePoint;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.core.training.WorkerActivity;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.Versions;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.spark.evaluate.SnapshotEvaluator;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import dev.triptych.spark.worker.TaskSlots;
import dev.triptych.spark.worker.WorkerGroup;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
  private static final long POLL_MILLIS = 500;
  private static final int SERVER_EVENT_LOOPS = 2;
  private static final Duration MAX_CLOSE = Duration.ofSeconds(3);
  private static final Duration MAX_SILENCE = Duration.ofMillis(1500);
  private static final Duration MAX_REFUSED = Duration.ofMillis(500);
  private static final Duration MAX_REFUSED_ALONE = Duration.ofSeconds(3);

  private final Objective objective;
  private final TrainingData data;
  private final AsyncSettings settings;
  private final RunSettings run;
  private final ProgressListener progress;
  private final JavaSparkContext spark;
  private final WorkerGroup workers;
  private final PushFormat format;
  private final Endpoint endpoint;
  private final @Nullable ParameterServer ownServer;
  private final RunLocation location;
  private final List<Address> atTheBeginning;
  private final @Nullable RunCoordinator coordinator;
  private final DriverClient opening;
  private volatile DriverClient control;
  private @Nullable Checkpointer checkpointer;
  private final double[] computeSeconds;
  private final double[] waitSeconds;
  private final long[] acknowledged;
  private final Set<Integer> dead = new TreeSet<>();
  private final List<TracePoint> trace = new ArrayList<>();
  private long lastSnapshotVersion = -1;

  private AsyncRun(
      Objective objective,
      TrainingData data,
      AsyncSettings settings,
      ProgressListener progress,
      JavaSparkContext spark,
      PushFormat format,
      WorkerGroup workers,
      long runId,
      Endpoint endpoint,
      @Nullable RunCoordinator coordinator,
      @Nullable ParameterServer ownServer,
      List<Address> servers) {
    this.objective = objective;
    this.data = data;
    this.settings = settings;
    this.run = settings.run();
    this.progress = progress;
    this.spark = spark;
    this.workers = workers;
    this.endpoint = endpoint;
    this.ownServer = ownServer;
    this.format = format;
    List<Address> byShard = new ArrayList<>();
    for (int shard = 0; shard < settings.servers(); shard++) {
      byShard.add(servers.get(shard % servers.size()));
    }
    this.coordinator = coordinator;
    this.atTheBeginning = List.copyOf(servers);
    this.location =
        new RunLocation(
            runId,
            objective.model().numParameters(),
            byShard,
            coordinator == null ? null : endpoint.address());
    RunLocation fixed = new RunLocation(runId, location.numParameters(), byShard);
    this.opening = new DriverClient(endpoint, fixed, run.maxWait());
    this.control = opening;
    this.computeSeconds = new double[run.numWorkers()];
    this.waitSeconds = new double[run.numWorkers()];
    this.acknowledged = new long[run.numWorkers()];
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
    ParameterServer ownServer = null;
    List<Address> servers =
        switch (settings.deployment()) {
          case DRIVER -> {
            ownServer = ParameterServer.start("parameter server", SERVER_EVENT_LOOPS);
            yield List.of(ownServer.address());
          }
          case EXECUTORS -> executorServers(spark, settings);
          case STANDALONE -> {
            StandaloneServers.reach(settings.addresses());
            yield settings.addresses();
          }
        };
    requireServers(settings, servers);
    long runId = new SplittableRandom().nextLong();
    RunCoordinator coordinator =
        ownServer != null
            ? null
            : new RunCoordinator(runId, settings.durability().replicas(), () -> present(settings));
    return new AsyncRun(
        objective,
        data,
        settings,
        progress,
        spark,
        format,
        workers,
        runId,
        openEndpoint(coordinator),
        coordinator,
        ownServer,
        servers);
  }

  private static Endpoint openEndpoint(@Nullable RunCoordinator coordinator) {
    return Endpoint.open(
        "driver of an asynchronous run",
        1,
        coordinator == null
            ? (request, reply) -> reply.failure("this driver serves nobody")
            : coordinator);
  }

  private static void requireServers(AsyncSettings settings, List<Address> servers) {
    int replicas = settings.durability().replicas();
    if (servers.size() < replicas) {
      throw new InvalidInputException(
          "--replicas %d: needs as many parameter server processes, --deployment %s has %d here"
              .formatted(replicas, settings.deployment().optionName(), servers.size()));
    }
  }

  /** The servers that a run may use now; executors come and go. */
  private static List<Address> present(AsyncSettings settings) {
    ServerDirectory directory = ServerDirectory.current();
    if (settings.deployment() == Deployment.EXECUTORS && directory != null) {
      return directory.servers();
    }
    List<Address> all = new ArrayList<>(settings.addresses());
    all.addAll(settings.spares());
    return all;
  }

  private static List<Address> executorServers(JavaSparkContext spark, AsyncSettings settings)
      throws InterruptedException {
    ServerDirectory directory = ServerDirectory.current();
    if (directory == null) {
      throw new InvalidInputException(
          "--deployment executors needs spark.plugins=dev.triptych.async.plugin.TriptychPlugin");
    }
    int processes = spark.sc().statusTracker().getExecutorInfos().length;
    int executors = spark.isLocal() ? processes : Math.max(1, processes - 1);
    int wanted = Math.max(settings.servers(), settings.durability().replicas());
    return directory.await(Math.min(wanted, executors), settings.run().maxWait());
  }

  Outcome train() throws InterruptedException {
    String recordedSettings = settingsOfOrder();
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
        control.extend(budget);
      } else {
        if (saved == null) {
          opening.open(length -> shardSettings(length, budget, numClocks));
        } else {
          resume(saved, budget);
        }
        opened = true;
        startCoordinator();
        if (replayed != null) {
          control.replayOrder(replayed);
        } else if (settings.orders().recordTo() != null) {
          control.recordOrder();
        }
        startCheckpoints(fingerprint, examplesBefore);
      }
      runWorkers();
      if (control.status().stream().anyMatch(s -> s.progress() == Progress.DIVERGED)) {
        evaluateNewSnapshots();
        reason = StopReason.DIVERGED;
        break;
      }
      if (evaluateNewSnapshots()) {
        reason = StopReason.TARGET_REACHED;
        break;
      }
    }
    if (settings.orders().recordTo() != null) {
      settings.orders().write(recordedSettings, control.orders());
    }
    List<ShardStatus> shards = control.status();
    WeightsSink sink = settings.sink();
    if (sink != null) {
      save(sink);
    }
    return new Outcome(result(reason, shards), shards, acknowledged, failovers(), numMoves());
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
        CheckpointDirectory.at("--resume", path, spark.hadoopConfiguration()).newest("--resume");
    saved.requireSame("--resume", fingerprint);
    return saved;
  }

  private void resume(CheckpointDirectory.Saved saved, long budget) throws InterruptedException {
    try {
      for (int shard = 0; shard < settings.servers(); shard++) {
        try (InputStream state = saved.open(shard)) {
          opening.install(shard, saved.manifest().shards().get(shard).bytes(), state);
        }
      }
    } catch (IOException e) {
      throw new InvalidInputException("--resume: " + saved + ": " + e.getMessage(), e);
    }
    opening.resume(budget);
    LOG.info("going on from {} after {} examples", saved, saved.manifest().examples());
  }

  private void startCheckpoints(Map<String, String> fingerprint, long examplesBefore) {
    Durability.Checkpoints checkpoints = settings.durability().checkpoints();
    if (checkpoints != null) {
      checkpointer =
          new Checkpointer(
              CheckpointDirectory.at(
                  "--checkpoint-dir", checkpoints.directory(), spark.hadoopConfiguration()),
              checkpoints,
              () -> control,
              location.run(),
              data.numRows(),
              fingerprint,
              run.maxWait());
      checkpointer.start(examplesBefore);
    }
  }

  private void startCoordinator() throws InterruptedException {
    if (coordinator == null) {
      return;
    }
    // Without a backup there is nothing to win by giving a slow server up early.
    boolean replicated = settings.durability().replicas() > 1;
    coordinator.start(
        endpoint,
        location.servers(),
        atTheBeginning,
        replicated ? MAX_SILENCE : run.maxWait(),
        replicated ? MAX_REFUSED : MAX_REFUSED_ALONE);
    control = new DriverClient(endpoint, location, coordinator, run.maxWait());
    coordinator.awaitSettled(run.maxWait());
  }

  /** All that decides the weights but for the order; in one line. */
  private String settingsOfOrder() {
    Map<String, String> words = new LinkedHashMap<>(run.inWords());
    words.remove("stragglers");
    words.put("consistency", settings.consistency().toString());
    words.put("delay-rule", settings.delayRule().toString());
    words.put("constants", run.optimizer().constants().toString());
    words.put("servers", String.valueOf(settings.servers()));
    words.put("parameters", String.valueOf(objective.model().numParameters()));
    words.put("push-every", String.valueOf(settings.traffic().pushEvery()));
    words.put("rows", Arrays.toString(data.rowsPerWorker()));
    words.put("lambda", String.valueOf(objective.lambda()));
    return words.toString();
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
    JavaFutureAction<List<List<WorkerActivity>>> job =
        collectAsync(new WorkerTask(objective, run, location, settings.traffic(), data.numRows()));
    try {
      for (List<WorkerActivity> task : watch(job)) {
        for (WorkerActivity activity : task) {
          computeSeconds[activity.worker()] += activity.computeSeconds();
          waitSeconds[activity.worker()] += activity.waitSeconds();
          acknowledged[activity.worker()] += activity.batches() / settings.traffic().pushEvery();
        }
      }
    } finally {
      job.cancel(true);
    }
  }

  private JavaFutureAction<List<List<WorkerActivity>>> collectAsync(WorkerTask task) {
    return workers.results(task).collectAsync();
  }

  /** Waits for the job; fails when nothing moves at the servers for longer than the bound. */
  private <R> R watch(JavaFutureAction<R> job) throws InterruptedException {
    Watch watch = new Watch(run.maxWait().toNanos(), System.nanoTime());
    Watch silence = new Watch(run.maxWait().toNanos() / 2, System.nanoTime());
    dead.clear();
    ProgressLine line =
        new ProgressLine(
            settings.progressInterval().toNanos(), data.numRows(), run.epochs(), System.nanoTime());
    while (true) {
      try {
        return job.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
      } catch (ExecutionException e) {
        requireNoLoss();
        throw failed(e);
      } catch (TimeoutException e) {
        List<ShardStatus> shards = statusOrLoss();
        ShardStatus first = shards.get(0);
        if (line.isDue(System.nanoTime())) {
          LOG.info("{}", line.next(shards, control.queueDepth(), System.nanoTime()));
        }
        progress.progressed((double) first.numExamples() / data.numRows(), run.epochs());
        if (watch.isStuck(shards, System.nanoTime())) {
          throw new IllegalStateException(
              "nothing moved for %d s at update %d; waiting for workers %s"
                  .formatted(
                      run.maxWait().toSeconds(),
                      first.version(),
                      dead.isEmpty() ? first.waitingFor() : dead),
              e);
        }
        if (silence.isStuck(shards, System.nanoTime())) {
          removeThoseWaitedFor(shards);
        }
      }
    }
  }

  /** Whoever was silent while others waited for it leaves the clock tables until it comes again. */
  private void removeThoseWaitedFor(List<ShardStatus> shards) throws InterruptedException {
    Set<Integer> silent = silent(shards);
    silent.removeAll(dead);
    if (silent.size() < run.numWorkers()) {
      for (int worker : silent) {
        LOG.warn(
            "others have waited {} s for worker {}: they go on without it",
            run.maxWait().toSeconds() / 2,
            worker);
        control.removeWorker(worker);
        dead.add(worker);
      }
    }
  }

  /**
   * Whom all shards wait for, or, if they do not agree, any of them. While a checkpoint holds the
   * gates a worker that waits at one shard is missing at the others.
   */
  static Set<Integer> silent(List<ShardStatus> shards) {
    Set<Integer> anywhere = new TreeSet<>();
    Set<Integer> everywhere = new TreeSet<>();
    for (ShardStatus shard : shards) {
      if (shard.numParked() == 0) {
        continue;
      }
      if (anywhere.isEmpty()) {
        everywhere.addAll(shard.waitingFor());
      }
      everywhere.retainAll(shard.waitingFor());
      anywhere.addAll(shard.waitingFor());
    }
    return everywhere.isEmpty() ? anywhere : everywhere;
  }

  private List<ShardStatus> statusOrLoss() throws InterruptedException {
    requireNoLoss();
    try {
      return control.status();
    } catch (ParameterServerException e) {
      requireNoLoss();
      throw e;
    }
  }

  private void requireNoLoss() {
    String failure = coordinator == null ? null : coordinator.failure();
    if (failure != null) {
      throw new IllegalStateException(
          failure
              + (settings.durability().checkpoints() == null
                  ? "; --replicas 2 or --checkpoint-dir would have kept it"
                  : "; go on with --resume " + settings.durability().checkpoints().directory()));
    }
  }

  static IllegalStateException failed(ExecutionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    String message = String.valueOf(cause.getMessage());
    int end = message.indexOf("\n\tat ");
    return new IllegalStateException(
        "asynchronous training failed: " + (end < 0 ? message : message.substring(0, end)).strip(),
        cause);
  }

  /** Adds what is new to the trace, off the training clock; true if the target was reached. */
  private boolean evaluateNewSnapshots() throws InterruptedException {
    List<SnapshotSummary> fresh =
        control.keepAndList(lastSnapshotVersion + 1, objective.model().numPenalised());
    if (fresh.isEmpty()) {
      return false;
    }
    lastSnapshotVersion = fresh.get(fresh.size() - 1).version();
    trace.addAll(
        format == PushFormat.SPARSE
            ? new ServedEvaluation(objective, data, workers, location, run.maxWait()).trace(fresh)
            : SnapshotEvaluator.trace(objective, data, fetched(fresh)));
    int reached = TargetRule.firstAtOrBelow(run.target(), trace);
    if (reached < 0) {
      return false;
    }
    // The run ends here: what the workers did in the rest of the segment does not count.
    trace.subList(reached + 1, trace.size()).clear();
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
    List<SliceSnapshot> slices = control.snapshotFrom(version);
    if (slices == null || slices.stream().anyMatch(slice -> slice.version() != version)) {
      throw new IllegalStateException("the servers have lost the snapshot of update " + version);
    }
    return join(slices);
  }

  /** The version of the final weights. */
  private long lastVersion() {
    return trace.get(trace.size() - 1).updates();
  }

  private void save(WeightsSink sink) {
    try {
      sink.save(new ServedWeights(location, lastVersion(), run.maxWait()));
    } catch (IOException e) {
      throw new UncheckedIOException("the model could not be saved: " + e.getMessage(), e);
    }
  }

  private Snapshot join(List<SliceSnapshot> slices) {
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

  private TrainingRun result(StopReason reason, List<ShardStatus> shards)
      throws InterruptedException {
    ShardStatus first = shards.get(0);
    long bytes = 0;
    long bytesPlain = 0;
    Long divergedAt = null;
    for (ShardStatus shard : shards) {
      bytes += shard.bytesReceived() + shard.bytesSent();
      bytesPlain += shard.bytesPlain();
      if (shard.divergedAtUpdate() > 0) {
        divergedAt =
            divergedAt == null
                ? shard.divergedAtUpdate()
                : Math.min(divergedAt, shard.divergedAtUpdate());
      }
    }
    List<WorkerActivity> activities = new ArrayList<>();
    for (int worker = 0; worker < run.numWorkers(); worker++) {
      activities.add(
          new WorkerActivity(
              worker,
              first.clocks()[worker] * settings.traffic().pushEvery(),
              computeSeconds[worker],
              waitSeconds[worker]));
    }
    return new TrainingRun(
        "async",
        settings.consistency().kind().optionName(),
        settingsInWords(bytes, bytesPlain),
        run.seed(),
        Versions.here(spark.sc()),
        reason,
        divergedAt,
        settings.sink() == null ? fetched(lastVersion()).weights() : null,
        trace,
        first.nanos() / 1e9,
        first.version(),
        Arrays.stream(first.clocks()).sum() * settings.traffic().pushEvery(),
        bytes,
        bytes,
        first.staleness(),
        null,
        activities,
        counters(shards));
  }

  /** Counted at the first shard, where all see the same events. */
  private static Map<String, Long> counters(List<ShardStatus> shards) {
    Map<String, Long> counters = new LinkedHashMap<>();
    counters.put("discardedGradients", shards.get(0).numDiscarded());
    counters.put("duplicatePushes", shards.get(0).numDuplicates());
    counters.put("fencedRequests", shards.get(0).numFenced());
    return counters;
  }

  private int numMoves() {
    return coordinator == null ? 0 : coordinator.numMoves();
  }

  private List<Coordinator.Failover> failovers() {
    return coordinator == null ? List.of() : coordinator.failovers();
  }

  private Map<String, String> settingsInWords(long bytes, long bytesPlain) {
    Map<String, String> words = new LinkedHashMap<>(run.inWords());
    Consistency consistency = settings.consistency();
    words.put("consistency", consistency.kind().optionName());
    if (consistency.kind() == Consistency.Kind.SSP) {
      words.put("staleness", String.valueOf(consistency.bound()));
    }
    words.put("delay-rule", settings.delayRule().toString());
    words.put("transport", settings.transport().optionName());
    words.put("servers", String.valueOf(settings.servers()));
    words.put("deployment", settings.deployment().optionName());
    if (settings.durability().replicas() > 1) {
      words.put("replicas", String.valueOf(settings.durability().replicas()));
    }
    if (checkpointer != null) {
      words.put("checkpoints", String.valueOf(checkpointer.numWritten()));
    }
    if (settings.durability().resumeFrom() != null) {
      words.put("resumed", "yes");
    }
    long longest = 0;
    Set<String> lost = new TreeSet<>();
    for (Coordinator.Failover failover : failovers()) {
      longest = Math.max(longest, failover.nanos());
      lost.add(failover.lost());
    }
    if (numMoves() > 0) {
      words.put("shards-moved", String.valueOf(numMoves()));
    }
    if (!lost.isEmpty()) {
      words.put("servers-lost", String.join(", ", lost));
      words.put("longest-pause", TimeUnit.NANOSECONDS.toMillis(longest) + "ms");
    }
    words.put("gradients", format.words());
    settings.traffic().describe(words);
    words.put("bytes", "%d, %d fewer than in plain form".formatted(bytes, bytesPlain - bytes));
    words.put("tasks", String.valueOf(workers.numTasks()));
    return words;
  }

  private void closeShards() throws InterruptedException {
    if (coordinator != null) {
      coordinator.close();
    }
    if (coordinator == null || !coordinator.closeShards(endpoint, MAX_CLOSE)) {
      RunLocation fixed =
          new RunLocation(location.run(), location.numParameters(), location.servers());
      new DriverClient(endpoint, fixed, MAX_CLOSE).close();
    }
  }

  @Override
  public void close() throws InterruptedException {
    try {
      if (checkpointer != null) {
        checkpointer.close();
      }
      closeShards();
    } catch (ParameterServerException e) {
      LOG.warn("the run could not be closed: {}", e.getMessage());
    } finally {
      endpoint.close();
      if (ownServer != null) {
        ownServer.close();
      }
    }
  }
}
