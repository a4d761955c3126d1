package dev.triptych.async.train;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerBlockUpdated;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** Counts what tasks send to the driver and what the driver broadcasts, as Spark reports it. */
final class DriverTraffic extends SparkListener {
  private final AtomicLong resultBytes = new AtomicLong();
  private final Map<String, Long> broadcasts = new ConcurrentHashMap<>();

  static DriverTraffic of(SparkContext spark) {
    DriverTraffic traffic = new DriverTraffic();
    spark.addSparkListener(traffic);
    return traffic;
  }

  /** Bytes of task results. */
  long resultBytes() {
    return resultBytes.get();
  }

  /** Bytes of broadcast variables, task binaries included, each counted once. */
  long broadcastBytes() {
    return broadcasts.values().stream().mapToLong(bytes -> bytes).sum();
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd task) {
    if (task.taskMetrics() != null) {
      resultBytes.addAndGet(task.taskMetrics().resultSize());
    }
  }

  @Override
  public void onBlockUpdated(SparkListenerBlockUpdated update) {
    String block = update.blockUpdatedInfo().blockId().name();
    if (block.startsWith("broadcast_") && block.contains("_piece")) {
      broadcasts.merge(
          block,
          update.blockUpdatedInfo().memSize() + update.blockUpdatedInfo().diskSize(),
          Math::max);
    }
  }
}
