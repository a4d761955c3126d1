package dev.triptych.sync;

import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import dev.triptych.spark.transport.Reply;
import dev.triptych.spark.transport.RequestHandler;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * The driver's side of {@link FirstArrivals}: one place that decides which mini-batches a step is
 * made of. Thread-safe.
 */
final class ArrivalDesk implements AutoCloseable {
  private final String runId;
  private final Duration maxWait;
  private final Endpoint endpoint;
  // Guarded by itself.
  private final FirstArrivals arrivals;
  private CompletableFuture<List<Integer>> decision = new CompletableFuture<>();

  private ArrivalDesk(
      String runId,
      FirstArrivals arrivals,
      Duration maxWait,
      Function<RequestHandler, Endpoint> openEndpoint) {
    this.runId = runId;
    this.arrivals = arrivals;
    this.maxWait = maxWait;
    this.endpoint = openEndpoint.apply(this::handle);
  }

  /**
   * Opens the desk in the driver.
   *
   * @param maxWait longest time for a step to be decided
   */
  static ArrivalDesk open(String runId, FirstArrivals arrivals, Duration maxWait) {
    return new ArrivalDesk(
        runId,
        arrivals,
        maxWait,
        handler -> Endpoint.open("mini-batches of run " + runId, 1, handler));
  }

  /** Where tasks reach it. */
  Address address() {
    return endpoint.address();
  }

  @Override
  public void close() {
    endpoint.close();
  }

  private void handle(ByteBuffer request, Reply reply) {
    ArrivalMessage message = ArrivalMessage.decode(request);
    if (!message.runId().equals(runId)) {
      throw new IllegalArgumentException(
          "here is run " + runId + ", the message is for run " + message.runId());
    }
    if (message.worker() == ArrivalMessage.NOBODY) {
      answer(message.step(), reply);
      return;
    }
    if (message.worker() == ArrivalMessage.FAILED) {
      synchronized (arrivals) {
        decision.completeExceptionally(new IllegalStateException("a task has failed"));
      }
      reply.success(ByteBuffer.allocate(0));
      return;
    }
    CompletableFuture<List<Integer>> decided = null;
    List<Integer> used = List.of();
    synchronized (arrivals) {
      if (arrivals.arrive(message.worker(), message.step())
          && !decision.isCompletedExceptionally()) {
        decided = decision;
        decision = new CompletableFuture<>();
        used = arrivals.latest();
      }
    }
    reply.success(ByteBuffer.allocate(0));
    if (decided != null) {
      decided.complete(used);
    }
  }

  private void answer(long step, Reply reply) {
    CompletableFuture<List<Integer>> future;
    synchronized (arrivals) {
      long ahead = arrivals.current() - step;
      if (ahead < 0 || ahead > 1) {
        // Nobody goes on before all tasks have added up.
        throw new IllegalArgumentException(
            "a task is at step " + step + ", the others at " + arrivals.current());
      }
      future = ahead == 0 ? decision.copy() : CompletableFuture.completedFuture(arrivals.latest());
    }
    CompletableFuture<List<Integer>> unused =
        future
            .orTimeout(maxWait.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (used, failure) -> {
                  if (failure == null) {
                    reply.success(ArrivalMessage.encodeWorkers(used));
                  } else if (failure instanceof TimeoutException) {
                    reply.failure(tooFew(step));
                  } else {
                    reply.failure("run " + runId + ": another task has failed");
                  }
                });
  }

  private String tooFew(long step) {
    synchronized (arrivals) {
      return "run %s: mini-batches of step %d were not ready within %d ms: those of workers %s"
          .formatted(runId, step, maxWait.toMillis(), arrivals.missing());
    }
  }
}
