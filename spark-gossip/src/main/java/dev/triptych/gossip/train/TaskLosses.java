package dev.triptych.gossip.train;

import dev.triptych.gossip.control.EpochControl;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** Tells a run's epoch control which of Spark's tasks are gone, and why. */
final class TaskLosses extends SparkListener implements AutoCloseable {
  private final SparkContext spark;
  private final EpochControl control;

  TaskLosses(SparkContext spark, EpochControl control) {
    this.spark = spark;
    this.control = control;
    spark.addSparkListener(this);
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    // Tasks of other jobs are unknown to this run.
    if (end.reason() instanceof TaskFailedReason reason) {
      String why = reason.toErrorString().lines().findFirst().orElse("its task failed");
      control.lost(end.taskInfo().taskId(), why);
    }
  }

  @Override
  public void close() {
    spark.removeSparkListener(this);
  }
}
