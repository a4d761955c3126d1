package dev.triptych.async.api;

import dev.triptych.async.client.RunLocation;
import java.io.Serializable;
import java.time.Duration;
import org.apache.spark.TaskContext;

/**
 * Where a run is; the driver hands it to its tasks. Immutable and thread-safe.
 *
 * @param location of the shards
 * @param numWorkers N
 * @param maxWait bound of every wait
 */
public record RunHandle(RunLocation location, int numWorkers, Duration maxWait)
    implements Serializable {
  /**
   * Connects the running Spark task as the worker of its partition's number, 0 to N − 1.
   *
   * @throws IllegalStateException outside a Spark task
   */
  public WorkerClient connect() {
    if (TaskContext.get() == null) {
      throw new IllegalStateException("no Spark task runs here; say which worker this is");
    }
    return connect(TaskContext.getPartitionId());
  }

  /**
   * Connects as a worker. In a Spark task the newest attempt at it is the one that counts: earlier
   * ones are refused from now on.
   *
   * @param worker 0 to N − 1
   */
  public WorkerClient connect(int worker) {
    if (worker < 0 || worker >= numWorkers) {
      throw new IllegalArgumentException(
          "worker %d, but the run has %d workers".formatted(worker, numWorkers));
    }
    TaskContext task = TaskContext.get();
    return WorkerClient.connect(this, worker, task == null ? 0 : task.taskAttemptId());
  }
}
