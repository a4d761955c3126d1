package dev.triptych.spark.control;

import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import dev.triptych.spark.transport.Reply;
import dev.triptych.spark.transport.RequestHandler;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The driver's side of one run: brings the workers together, hears how far they are and tells them
 * to stop. Tasks use {@link RunControlClient}. Thread-safe.
 */
public final class RunControl implements AutoCloseable {
  private final String runId;
  private final Duration maxWait;
  // Guarded by itself.
  private final Membership membership;
  private final CompletableFuture<Long> allJoined = new CompletableFuture<>();
  private final Endpoint endpoint;
  private volatile @Nullable String stopReason;

  private RunControl(
      String runId,
      int numWorkers,
      Duration maxWait,
      Function<RequestHandler, Endpoint> openEndpoint) {
    this.runId = runId;
    this.maxWait = maxWait;
    this.membership = new Membership(numWorkers);
    this.endpoint = openEndpoint.apply(this::handle);
  }

  /**
   * Opens the directory of a run on the driver.
   *
   * @param runId unique in the application
   * @param numWorkers N
   * @param maxWait longest time that a task which has joined waits for the other workers
   * @throws IllegalStateException if Spark does not run in this process
   */
  public static RunControl open(String runId, int numWorkers, Duration maxWait) {
    return open(
        runId,
        numWorkers,
        maxWait,
        handler -> Endpoint.open("control of run " + runId, 1, handler));
  }

  static RunControl open(
      String runId,
      int numWorkers,
      Duration maxWait,
      Function<RequestHandler, Endpoint> openEndpoint) {
    return new RunControl(runId, numWorkers, maxWait, openEndpoint);
  }

  /** For {@link RunControlClient#connect}; ship it in the task closure. */
  public RunAddress address() {
    return new RunAddress(runId, endpoint.address(), membership.numWorkers(), maxWait.toMillis());
  }

  /**
   * Completes with the {@link System#nanoTime} at which the last worker joined; fails when this is
   * closed before.
   */
  public CompletableFuture<Long> allJoined() {
    return allJoined.copy();
  }

  /** Workers that have not joined yet, ascending. */
  public List<Integer> missingWorkers() {
    synchronized (membership) {
      return membership.missing();
    }
  }

  /** Where the workers that joined with an address are now, in ascending order of worker. */
  public Map<Integer, Address> addresses() {
    synchronized (membership) {
      return membership.addresses();
    }
  }

  /** Last reported updates by worker, 0 for those that have not reported; a copy. */
  public long[] updatesByWorker() {
    synchronized (membership) {
      return membership.updatesByWorker();
    }
  }

  /**
   * Tells every worker at its next report to stop; the first reason counts.
   *
   * @throws IllegalArgumentException if the reason is blank
   */
  public synchronized void requestStop(String reason) {
    if (reason.isBlank()) {
      throw new IllegalArgumentException("a stop needs a reason");
    }
    if (stopReason == null) {
      stopReason = reason;
    }
  }

  /** Fails the tasks that still wait for others. */
  @Override
  public void close() {
    allJoined.completeExceptionally(new IllegalStateException("run " + runId + " is closed"));
    endpoint.close();
  }

  private void handle(ByteBuffer request, Reply reply) {
    ControlMessage message = ControlCodec.decode(request);
    if (!message.runId().equals(runId)) {
      throw new IllegalArgumentException(
          "here is run " + runId + ", the message is for run " + message.runId());
    }
    if (message instanceof ControlMessage.Join join) {
      handleJoin(join, reply);
    } else if (message instanceof ControlMessage.Report report) {
      synchronized (membership) {
        membership.report(report.worker(), report.updates());
      }
      reply.success(ControlCodec.encodeStop(stopReason));
    } else {
      reply.success(ControlCodec.encodeAddresses(addresses()));
    }
  }

  private void handleJoin(ControlMessage.Join join, Reply reply) {
    int[] workers = join.workers().stream().mapToInt(Integer::intValue).toArray();
    boolean complete;
    synchronized (membership) {
      membership.join(workers, join.attempt(), join.exchange());
      complete = membership.isComplete();
    }
    if (complete) {
      allJoined.complete(System.nanoTime());
    }
    CompletableFuture<Long> unused =
        allJoined
            .copy()
            .orTimeout(maxWait.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (nanos, failure) -> {
                  if (failure == null) {
                    reply.success(ControlCodec.encodeAddresses(addresses()));
                  } else if (failure instanceof TimeoutException) {
                    reply.failure(tooFew());
                  } else {
                    reply.failure("run " + runId + " is closed");
                  }
                });
  }

  private String tooFew() {
    return "run "
        + runId
        + ": of "
        + membership.numWorkers()
        + " workers these have not joined within "
        + maxWait.toMillis()
        + " ms: "
        + missingWorkers();
  }
}
