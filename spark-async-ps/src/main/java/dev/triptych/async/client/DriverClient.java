package dev.triptych.async.client;

import dev.triptych.async.function.FunctionCall;
import dev.triptych.async.function.FunctionFailedException;
import dev.triptych.async.function.FunctionRunner;
import dev.triptych.async.function.ServerFunction;
import dev.triptych.async.order.ArrivalOrder;
import dev.triptych.async.protocol.Answer;
import dev.triptych.async.protocol.ReplicaAnswer;
import dev.triptych.async.protocol.ReplicaRequest;
import dev.triptych.async.protocol.Request;
import dev.triptych.async.protocol.ShardId;
import dev.triptych.async.protocol.SnapshotAnswer;
import dev.triptych.async.protocol.SnapshotRequest;
import dev.triptych.async.shard.ShardCut;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.async.shard.ShardStatus;
import dev.triptych.async.shard.SliceSnapshot;
import dev.triptych.async.shard.SnapshotSummary;
import dev.triptych.async.store.RangePartition;
import dev.triptych.core.model.InitialWeights;
import dev.triptych.spark.transport.Endpoint;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The driver's side of a run: opens it on its servers, watches it, takes its snapshots, closes it.
 * Blocks within the bound; failures are {@link ParameterServerException}s. Thread-safe.
 */
public final class DriverClient {
  private static final int PART_BYTES = 1 << 20;

  private final ShardCalls calls;
  private final RangePartition partition;

  /**
   * @param maxWait bound of every call
   */
  public DriverClient(Endpoint endpoint, RunLocation run, Duration maxWait) {
    calls = new ShardCalls(endpoint, run, maxWait);
    partition = run.partition();
  }

  /**
   * @param coordinator knows where the shards are
   * @param maxWait bound of every call
   */
  public DriverClient(
      Endpoint endpoint, RunLocation run, RunCoordinator coordinator, Duration maxWait) {
    calls = new ShardCalls(endpoint, run, coordinator.routes(), maxWait);
    partition = run.partition();
  }

  /**
   * Opens every shard.
   *
   * @param settings by length of the slice
   */
  public void open(IntFunction<ShardSettings> settings) throws InterruptedException {
    open(settings, InitialWeights.zero());
  }

  /**
   * Opens every shard.
   *
   * @param settings by length of the slice
   * @param initial where all weights start
   */
  public void open(IntFunction<ShardSettings> settings, InitialWeights initial)
      throws InterruptedException {
    all(
        id -> {
          int length = partition.length(id.shard());
          return new Request.OpenRun(
              id,
              settings
                  .apply(length)
                  .withInitialWeights(initial.slice(partition.start(id.shard()), length)));
        },
        Answer.Done.class,
        "opening the run");
  }

  /** Lets the run go on to a larger budget, in examples. */
  public void extend(long budget) throws InterruptedException {
    all(id -> new Request.ExtendRun(id, budget), Answer.Done.class, "extending the run");
  }

  /** A worker is dead: nobody waits for it any more until a newer attempt of it comes. */
  public void removeWorker(int worker) throws InterruptedException {
    all(id -> new Request.RemoveWorker(id, worker), Answer.Done.class, "removing a worker");
  }

  /** How every shard stands. */
  public List<ShardStatus> status() throws InterruptedException {
    return all(Request.Status::new, Answer.StatusAnswer.class, "status").stream()
        .map(Answer.StatusAnswer::status)
        .toList();
  }

  /**
   * Every shard keeps its slice as it is now; then what all shards have kept, without the weights.
   *
   * @param version the first of interest
   * @param numPenalised parameters 0 to this count in the squared norms
   * @return one for each version that every shard has kept, ascending; bytes and squared norms are
   *     sums over the shards
   */
  public List<SnapshotSummary> keepAndList(long version, int numPenalised)
      throws InterruptedException {
    Map<Long, List<SnapshotSummary>> byVersion = new TreeMap<>();
    for (SnapshotAnswer.SnapshotList answer :
        all(
            id ->
                new SnapshotRequest.ListSnapshots(
                    id,
                    version,
                    Math.max(
                        0,
                        Math.min(
                            partition.length(id.shard()),
                            numPenalised - partition.start(id.shard())))),
            SnapshotAnswer.SnapshotList.class,
            "listing the snapshots")) {
      for (SnapshotSummary slice : answer.snapshots()) {
        byVersion.computeIfAbsent(slice.version(), v -> new ArrayList<>()).add(slice);
      }
    }
    return byVersion.values().stream()
        .filter(slices -> slices.size() == partition.numShards())
        .map(DriverClient::joined)
        .toList();
  }

  private static SnapshotSummary joined(List<SnapshotSummary> slices) {
    SnapshotSummary first = slices.get(0);
    long bytes = 0;
    double squaredNorm = 0;
    double absoluteNorm = 0;
    for (SnapshotSummary slice : slices) {
      bytes += slice.bytes();
      squaredNorm += slice.squaredNorm();
      absoluteNorm += slice.absoluteNorm();
    }
    return new SnapshotSummary(
        first.version(),
        first.nanos(),
        first.numExamples(),
        bytes,
        first.maxStaleness(),
        squaredNorm,
        absoluteNorm);
  }

  /** Requests that wait at all shards together. */
  public int queueDepth() throws InterruptedException {
    int depth = 0;
    for (Answer.Queued queue : all(Request.Queue::new, Answer.Queued.class, "queue depth")) {
      depth += queue.requests();
    }
    return depth;
  }

  /** Every shard's slice as it is now. */
  public List<SliceSnapshot> current() throws InterruptedException {
    List<SliceSnapshot> slices = new ArrayList<>();
    for (Answer.Snapshot answer :
        all(Request.FetchCurrent::new, Answer.Snapshot.class, "fetching the weights")) {
      if (answer.snapshot() == null) {
        throw new ParameterServerException("a shard sent no weights");
      }
      slices.add(answer.snapshot());
    }
    return slices;
  }

  /** The first kept snapshot of every shard of at least this version, or null. */
  public @Nullable List<SliceSnapshot> snapshotFrom(long version) throws InterruptedException {
    List<SliceSnapshot> slices = new ArrayList<>();
    for (Answer.Snapshot answer :
        all(
            id -> new Request.FetchSnapshot(id, version),
            Answer.Snapshot.class,
            "fetching a snapshot")) {
      if (answer.snapshot() == null) {
        return null;
      }
      slices.add(answer.snapshot());
    }
    return slices;
  }

  /**
   * Runs a server function on every shard and combines the results in the order of the shards. The
   * shards of a running run may be at different versions meanwhile.
   *
   * @throws ParameterServerException if it failed on a shard or here; says why
   */
  public double[] call(FunctionCall call) throws InterruptedException {
    try {
      ServerFunction function = FunctionRunner.named(call.function(), callersLoader());
      double @Nullable [] combined = null;
      for (Answer.FunctionResult part :
          all(
              id -> new Request.CallFunction(id, partition.start(id.shard()), call),
              Answer.FunctionResult.class,
              "calling " + call.function())) {
        combined =
            combined == null ? part.numbers() : function.combine(combined, part.numbers(), call);
      }
      return function.finish(combined == null ? new double[0] : combined, call);
    } catch (FunctionFailedException | IllegalArgumentException e) {
      throw new ParameterServerException(String.valueOf(e.getMessage()), e);
    }
  }

  private static ClassLoader callersLoader() {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    return loader == null ? DriverClient.class.getClassLoader() : loader;
  }

  /**
   * Opens a shard with a state that was saved; {@link #resume} makes the run go on.
   *
   * @param total bytes of the state
   */
  public void install(int shard, long total, InputStream state)
      throws InterruptedException, IOException {
    ShardId id = new ShardId(calls.run().run(), shard);
    for (long offset = 0; offset < total; ) {
      byte[] part = state.readNBytes((int) Math.min(PART_BYTES, total - offset));
      if (part.length == 0) {
        throw new EOFException("the state of shard " + shard + " ends too early");
      }
      Answer.Done unused =
          join(
              calls.call(
                  new ReplicaRequest.Install(id, 0, offset, total, part),
                  Answer.Done.class,
                  "installing a saved state"));
      offset += part.length;
    }
  }

  /** The installed shards go on, at epoch 1, to this budget in examples. */
  public void resume(long budget) throws InterruptedException {
    all(id -> new ReplicaRequest.Promote(id, 1), ReplicaAnswer.State.class, "resuming the run");
    all(id -> new ReplicaRequest.ResumeRun(id, budget), Answer.Done.class, "resuming the run");
  }

  /** Closes the gates of all shards: every worker comes to wait. */
  public void hold() throws InterruptedException {
    all(ReplicaRequest.Hold::new, Answer.Done.class, "holding the run");
  }

  /** Opens them again. */
  public void release() throws InterruptedException {
    all(ReplicaRequest.Release::new, Answer.Done.class, "going on");
  }

  /** How far every worker is at every shard. */
  public List<ShardCut> cut() throws InterruptedException {
    return all(ReplicaRequest.Cut::new, ReplicaAnswer.CutState.class, "looking at the cut").stream()
        .map(ReplicaAnswer.CutState::cut)
        .toList();
  }

  /**
   * Every shard keeps its state under this number.
   *
   * @return the bytes of each
   */
  public List<Long> freeze(long number) throws InterruptedException {
    return all(
            id -> new ReplicaRequest.Freeze(id, number),
            ReplicaAnswer.Frozen.class,
            "copying the state")
        .stream()
        .map(ReplicaAnswer.Frozen::total)
        .toList();
  }

  /** A part of a kept state, from {@code offset} on. */
  public byte[] fetchState(int shard, long number, long offset) throws InterruptedException {
    ShardId id = new ShardId(calls.run().run(), shard);
    return join(calls.call(
            new ReplicaRequest.FetchState(id, number, offset),
            ReplicaAnswer.StatePart.class,
            "fetching the state"))
        .part();
  }

  /** Lets every shard keep the order of its pushes; before the workers start. */
  public void recordOrder() throws InterruptedException {
    all(Request.RecordOrder::new, Answer.Done.class, "recording the order");
  }

  /**
   * Lets every shard take its pushes in a recorded order; before the workers start.
   *
   * @param orders by shard
   */
  public void replayOrder(List<ArrivalOrder> orders) throws InterruptedException {
    all(
        id -> new Request.ReplayOrder(id, orders.get(id.shard())),
        Answer.Done.class,
        "replaying an order");
  }

  /** The order of every shard's pushes so far. */
  public List<ArrivalOrder> orders() throws InterruptedException {
    return all(Request.FetchOrder::new, Answer.Order.class, "fetching the order").stream()
        .map(Answer.Order::order)
        .toList();
  }

  /** Forgets the run everywhere. */
  public void close() throws InterruptedException {
    all(Request.CloseRun::new, Answer.Done.class, "closing the run");
  }

  private <A extends Answer> List<A> all(
      Function<ShardId, Request> request, Class<A> expected, String what)
      throws InterruptedException {
    List<CompletableFuture<A>> futures = new ArrayList<>();
    for (int shard = 0; shard < partition.numShards(); shard++) {
      ShardId id = new ShardId(calls.run().run(), shard);
      futures.add(calls.call(request.apply(id), expected, what));
    }
    List<A> answers = new ArrayList<>();
    for (CompletableFuture<A> future : futures) {
      answers.add(join(future));
    }
    return answers;
  }

  /** Waits for a client's future; its own bound ends the wait. */
  public static <A> A join(CompletableFuture<A> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new ParameterServerException(String.valueOf(e.getMessage()), e.getCause());
    }
  }
}
