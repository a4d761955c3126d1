package dev.triptych.spark.control;

import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import dev.triptych.spark.transport.RemoteFailureException;
import dev.triptych.spark.worker.TaskWait;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task's side of {@link RunControl}; one per task, shared by the workers it hosts. Thread-safe.
 */
public final class RunControlClient {
  private static final Logger log = LoggerFactory.getLogger(RunControlClient.class);
  private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(30);

  private final Endpoint endpoint;
  private final RunAddress run;
  private final AtomicLongArray latestUpdates;
  // 1 while a report of the worker is under way.
  private final AtomicIntegerArray reporting;
  private volatile @Nullable String stopReason;

  private RunControlClient(Endpoint endpoint, RunAddress run) {
    this.endpoint = endpoint;
    this.run = run;
    this.latestUpdates = new AtomicLongArray(run.numWorkers());
    this.reporting = new AtomicIntegerArray(run.numWorkers());
  }

  /**
   * The client of one task; nothing is sent yet.
   *
   * @param endpoint to call from; stays the caller's
   * @param run from {@link RunControl#address()}
   */
  public static RunControlClient connect(Endpoint endpoint, RunAddress run) {
    return new RunControlClient(endpoint, run);
  }

  /**
   * Joins the run and waits until all N workers have. A task that joins again, being a retry,
   * replaces its former address and does not wait when all have joined before.
   *
   * @param workers hosted by this task
   * @param attempt of this task, as in {@link TaskContext#attemptNumber()}
   * @param exchange where peers reach this task, or null if they do not
   * @return address of every worker that joined with one, in ascending order of worker
   * @throws RemoteFailureException if the driver refuses, or too few join in time: its message
   *     names the missing workers
   * @throws dev.triptych.spark.transport.TransportException if the driver cannot be reached
   * @throws TaskKilledException if Spark kills the task meanwhile
   */
  public Map<Integer, Address> join(int[] workers, int attempt, @Nullable Address exchange)
      throws InterruptedException {
    ControlMessage message =
        new ControlMessage.Join(
            run.runId(), IntStream.of(workers).boxed().toList(), attempt, exchange);
    Duration timeout = Duration.ofMillis(run.maxWaitMillis()).plus(REPLY_TIMEOUT);
    CompletableFuture<ByteBuffer> reply =
        call("the join of workers " + Arrays.toString(workers), message, timeout);
    return ControlCodec.decodeAddresses(TaskWait.forValue(reply));
  }

  /** Where the workers are now; changes when tasks are retried. */
  public CompletableFuture<Map<Integer, Address>> addresses() {
    return call("a look-up", new ControlMessage.Lookup(run.runId()), REPLY_TIMEOUT)
        .thenApply(ControlCodec::decodeAddresses);
  }

  /**
   * Tells the driver how many updates a worker has made so far; returns at once. At most one report
   * per worker is under way: of those that come meanwhile the last is sent.
   */
  public void report(int worker, long updates) {
    latestUpdates.set(worker, updates);
    if (reporting.compareAndSet(worker, 0, 1)) {
      sendReport(worker);
    }
  }

  /** Whether the driver wants this run to stop, as far as the replies to reports have told. */
  public boolean stopRequested() {
    return stopReason != null;
  }

  /** Why to stop, or null to go on. */
  public @Nullable String stopReason() {
    return stopReason;
  }

  private void sendReport(int worker) {
    long updates = latestUpdates.get(worker);
    ControlMessage message = new ControlMessage.Report(run.runId(), worker, updates);
    CompletableFuture<ByteBuffer> unused =
        call("the report of worker " + worker, message, REPLY_TIMEOUT)
            .whenComplete(
                (reply, failure) -> {
                  noteReply(reply, failure);
                  reporting.set(worker, 0);
                  if (failure == null
                      && latestUpdates.get(worker) != updates
                      && reporting.compareAndSet(worker, 0, 1)) {
                    sendReport(worker);
                  }
                });
  }

  private void noteReply(ByteBuffer reply, @Nullable Throwable failure) {
    if (failure == null) {
      String reason = ControlCodec.decodeStop(reply);
      if (reason != null) {
        stopReason = reason;
      }
    } else if (failure instanceof RemoteFailureException) {
      stopReason = "the driver refused a report: " + failure.getMessage();
    } else {
      log.warn("{}: a report was lost: {}", endpoint, failure.getMessage());
    }
  }

  private CompletableFuture<ByteBuffer> call(
      String what, ControlMessage message, Duration timeout) {
    return endpoint.call(run.driver(), what, ControlCodec.encode(message), timeout);
  }
}
