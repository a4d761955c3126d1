package dev.triptych.spark.worker;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.spark.SparkJobInfo;
import org.apache.spark.SparkStageInfo;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.JavaSparkStatusTracker;

/**
 * Runs Spark jobs that may not hang: when no task has finished for too long (a stuck task, or no
 * executor left), the jobs are cancelled and the failure says what was waited for.
 */
public final class WatchedJob {
  private static final AtomicLong NEXT_GROUP = new AtomicLong();
  private static final long POLL_MILLIS = 500;

  private WatchedJob() {}

  /**
   * Runs {@code jobs} on a thread of its own and waits for it.
   *
   * @param what names the work in the failure, such as {@code synchronous step 12}
   * @param maxSilence longest time in which no task finishes
   * @throws IllegalStateException if it took longer
   */
  public static <T> T run(
      JavaSparkContext spark, String what, Duration maxSilence, Callable<T> jobs) {
    return run(spark, what, maxSilence, () -> 0, jobs);
  }

  /**
   * The same for tasks that run long and say how far they are.
   *
   * @param progress a number that changes while they live; asked twice a second
   */
  public static <T> T run(
      JavaSparkContext spark,
      String what,
      Duration maxSilence,
      LongSupplier progress,
      Callable<T> jobs) {
    String group = "triptych-" + NEXT_GROUP.incrementAndGet();
    FutureTask<T> task =
        new FutureTask<>(
            () -> {
              spark.setJobGroup(group, what, true);
              return jobs.call();
            });
    Thread thread = new Thread(task, "triptych-job");
    thread.setDaemon(true);
    thread.start();
    long finished = 0;
    long done = 0;
    long lastChange = System.nanoTime();
    try {
      while (true) {
        try {
          return task.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          Tasks now = Tasks.of(spark.statusTracker(), group);
          long latest = progress.getAsLong();
          if (now.finished != finished || latest != done) {
            finished = now.finished;
            done = latest;
            lastChange = System.nanoTime();
          } else if (System.nanoTime() - lastChange > maxSilence.toNanos()) {
            throw new IllegalStateException(
                "%s: no task finished within %d s; waiting for %d running and %d waiting tasks"
                    .formatted(what, maxSilence.toSeconds(), now.running, now.waiting),
                e);
          }
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(what + " failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(what + " was interrupted", e);
    } finally {
      if (!task.isDone()) {
        spark.cancelJobGroup(group);
        task.cancel(true);
      }
    }
  }

  private record Tasks(long finished, int running, int waiting) {
    static Tasks of(JavaSparkStatusTracker tracker, String group) {
      long finished = 0;
      int running = 0;
      int waiting = 0;
      for (int job : tracker.getJobIdsForGroup(group)) {
        SparkJobInfo info = tracker.getJobInfo(job);
        for (int stage : info == null ? new int[0] : info.stageIds()) {
          SparkStageInfo stageInfo = tracker.getStageInfo(stage);
          if (stageInfo != null) {
            finished += stageInfo.numCompletedTasks() + stageInfo.numFailedTasks();
            running += stageInfo.numActiveTasks();
            waiting +=
                stageInfo.numTasks() - stageInfo.numCompletedTasks() - stageInfo.numActiveTasks();
          }
        }
      }
      return new Tasks(finished, running, waiting);
    }
  }
}
