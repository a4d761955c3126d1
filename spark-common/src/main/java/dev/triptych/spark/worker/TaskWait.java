package dev.triptych.spark.worker;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;

/** Waiting inside a Spark task, which Spark may kill meanwhile. */
public final class TaskWait {
  private static final long POLL_MILLIS = 100;

  private TaskWait() {}

  /**
   * The value of a future that has a bound of its own.
   *
   * @throws TaskKilledException if Spark kills the task meanwhile; the future is cancelled then
   * @throws RuntimeException what the future failed with
   */
  public static <T> T forValue(CompletableFuture<T> future) throws InterruptedException {
    TaskContext task = TaskContext.get();
    while (true) {
      try {
        return future.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (task != null && task.isInterrupted()) {
          future.cancel(false);
          throw new TaskKilledException("killed by Spark");
        }
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
        throw new IllegalStateException(e.getCause());
      }
    }
  }
}
