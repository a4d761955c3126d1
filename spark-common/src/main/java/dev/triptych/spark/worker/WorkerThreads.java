package dev.triptych.spark.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;

/**
 * Runs the workers of one task side by side, one thread each; the first failure stops the others.
 */
public final class WorkerThreads {
  private WorkerThreads() {}

  /** One worker's work. */
  @FunctionalInterface
  public interface WorkerBody<R> {
    R run(Worker worker) throws Exception;
  }

  /**
   * Results in the order of {@code workers}. When a worker fails, or Spark kills the task, the
   * others are interrupted and the failure is thrown once all threads have ended.
   */
  public static <R> List<R> runAll(List<Worker> workers, WorkerBody<R> body) throws Exception {
    TaskContext task = TaskContext.get();
    ExecutorService threads =
        Executors.newFixedThreadPool(
            workers.size(),
            runnable -> {
              Thread thread = new Thread(runnable, "triptych-worker");
              thread.setDaemon(true);
              return thread;
            });
    try {
      ExecutorCompletionService<R> completion = new ExecutorCompletionService<>(threads);
      List<Future<R>> futures = new ArrayList<>();
      for (Worker worker : workers) {
        futures.add(
            completion.submit(
                () -> {
                  Thread.currentThread().setName("triptych-worker-" + worker.index());
                  return body.run(worker);
                }));
      }
      int finished = 0;
      while (finished < workers.size()) {
        Future<R> next = completion.poll(100, TimeUnit.MILLISECONDS);
        if (next != null) {
          next.get();
          finished++;
        } else if (task != null && task.isInterrupted()) {
          throw new TaskKilledException("killed by Spark");
        }
      }
      List<R> results = new ArrayList<>();
      for (Future<R> future : futures) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException | CancellationException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (cause instanceof Exception exception) {
        throw exception;
      }
      throw new IllegalStateException(cause);
    } finally {
      threads.shutdownNow();
      threads.awaitTermination(10, TimeUnit.SECONDS);
    }
  }
}
