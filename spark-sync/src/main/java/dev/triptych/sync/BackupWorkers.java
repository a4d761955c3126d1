package dev.triptych.sync;

import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import dev.triptych.spark.worker.TaskWait;
import dev.triptych.spark.worker.Worker;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A task's workers, each on a thread of its own, where a step takes the first K of N mini-batches.
 * A worker that is late finishes what it has begun, which nobody uses, and begins again with the
 * weights of the step that is current then; meanwhile the task goes on without it. Used by one
 * thread.
 */
final class BackupWorkers implements AutoCloseable {
  private final MiniBatches batches;
  private final String runId;
  private final Endpoint endpoint;
  private final Address desk;
  private final Duration maxWait;
  private final Slot[] slots;
  private final CollectiveEnd end;
  private final ExecutorService threads;
  private volatile Current current = new Current(-1, new double[0]);
  // Completed by the first failure only.
  private final CompletableFuture<List<Integer>> failure = new CompletableFuture<>();

  /**
   * @param maxWait bound of a step, what stragglers are asked to take included
   */
  BackupWorkers(
      MiniBatches batches,
      List<Worker> workers,
      String runId,
      Endpoint endpoint,
      Address desk,
      Duration maxWait,
      CollectiveEnd end) {
    this.batches = batches;
    this.runId = runId;
    this.endpoint = endpoint;
    this.desk = desk;
    this.maxWait = maxWait;
    this.end = end;
    int numParameters = batches.objective().model().numParameters();
    this.slots =
        workers.stream().map(worker -> new Slot(worker, numParameters)).toArray(Slot[]::new);
    this.threads =
        Executors.newFixedThreadPool(
            slots.length,
            task -> {
              Thread thread = new Thread(task, "triptych-worker");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Adds this task's part of the mean over the mini-batches that make up the step: each with its
   * share among those used, so that its expectation is the gradient whoever is dropped, as long as
   * who is slow does not depend on the examples.
   *
   * @param weights may change once this has returned, although late workers read them still
   */
  void addGradients(long step, double[] weights, double[] gradient) throws InterruptedException {
    current = new Current(step, weights);
    for (Slot slot : slots) {
      slot.begin();
    }
    List<Integer> used = decision(step);
    double shares = 0;
    for (int worker : used) {
      shares += batches.shares()[worker];
    }
    Set<Integer> ready = new HashSet<>(used);
    for (Slot slot : slots) {
      int worker = slot.worker.index();
      if (ready.contains(worker)) {
        double scale = batches.shares()[worker] / shares;
        for (int j = 0; j < gradient.length; j++) {
          gradient[j] += scale * slot.gradient[j];
        }
        end.used[worker]++;
      }
    }
  }

  private List<Integer> decision(long step) throws InterruptedException {
    CompletableFuture<List<Integer>> decided =
        endpoint.call(
            desk,
            "the decision of step " + step,
            new ArrivalMessage(runId, step, ArrivalMessage.NOBODY).encode(),
            maxWait.plusSeconds(5),
            ArrivalMessage::decodeWorkers);
    CompletableFuture<Object> either = CompletableFuture.anyOf(decided, failure);
    TaskWait.forValue(either);
    return decided.join();
  }

  /** Interrupts who is still at work; what they have begun is dropped. */
  @Override
  public void close() throws InterruptedException {
    threads.shutdownNow();
    threads.awaitTermination(10, TimeUnit.SECONDS);
  }

  /** The step that is under way, and the weights that its gradients are taken at. */
  private record Current(long step, double[] weights) {}

  /** A worker and the mini-batch that it has begun. */
  private final class Slot {
    private final Worker worker;
    private final double[] gradient;
    // Guarded by this.
    private boolean busy;

    Slot(Worker worker, int numParameters) {
      this.worker = worker;
      this.gradient = new double[numParameters];
    }

    /** Begins with the current step, unless an earlier one is still at work. */
    synchronized void begin() {
      if (!busy) {
        busy = true;
        threads.execute(this::run);
      }
    }

    private void run() {
      try {
        Current done;
        do {
          done = current;
          Arrays.fill(gradient, 0);
          end.begun[worker.index()]++;
          end.busySeconds[worker.index()] +=
              batches.addMean(worker, done.step, done.weights, gradient);
        } while (isLate(done));
        CompletableFuture<Boolean> unused =
            endpoint
                .call(
                    desk,
                    "worker " + worker.index() + " at step " + done.step,
                    new ArrivalMessage(runId, done.step, worker.index()).encode(),
                    maxWait,
                    answer -> true)
                .whenComplete((told, lost) -> fail(lost));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException | Error e) {
        fail(e);
      }
    }

    private synchronized boolean isLate(Current done) {
      busy = current != done;
      return busy;
    }

    private void fail(@Nullable Throwable e) {
      if (e != null) {
        failure.completeExceptionally(e);
      }
    }
  }
}
