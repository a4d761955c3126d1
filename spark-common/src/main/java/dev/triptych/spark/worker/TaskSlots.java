package dev.triptych.spark.worker;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;

/** How many tasks the cluster runs at the same time. */
public final class TaskSlots {
  private TaskSlots() {}

  /**
   * Slots of the executors that are there now, after waiting until the number has been steady for a
   * second (executors register one after the other) or there are {@code enough}. With dynamic
   * allocation and no executor yet, a job of one task makes Spark ask for the first.
   *
   * @param enough more are not needed
   * @param maxWait bound of the wait
   * @throws IllegalStateException if no executor shows up within {@code maxWait}
   */
  public static int await(SparkContext spark, int enough, Duration maxWait) {
    long deadline = System.nanoTime() + maxWait.toNanos();
    long steadySince = System.nanoTime();
    int slots = now(spark);
    if (slots == 0 && spark.getConf().getBoolean("spark.dynamicAllocation.enabled", false)) {
      wake(spark);
    }
    while (slots < enough) {
      long time = System.nanoTime();
      if (slots > 0 && (spark.isLocal() || time - steadySince > 1_000_000_000L)) {
        return slots;
      }
      if (time > deadline) {
        throw new IllegalStateException(
            "no executor registered with Spark within " + maxWait.toSeconds() + " s");
      }
      LockSupport.parkNanos(50_000_000L);
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("interrupted while waiting for executors");
      }
      int latest = now(spark);
      if (latest != slots) {
        slots = latest;
        steadySince = time;
      }
    }
    return slots;
  }

  /** With dynamic allocation executors come only when a job waits for them. */
  private static void wake(SparkContext spark) {
    new JavaSparkContext(spark).parallelize(List.of(1), 1).countAsync();
  }

  private static int now(SparkContext spark) {
    return spark.maxNumConcurrentTasks(spark.resourceProfileManager().defaultResourceProfile());
  }
}
