package dev.triptych.spark.worker;

import java.io.Serializable;
import java.util.List;

/**
 * What a Spark task does with the workers it hosts; shipped to executors.
 *
 * @param <R> result per task, serializable
 */
@FunctionalInterface
public interface TaskBody<R> extends Serializable {
  /**
   * Runs on the task's thread. Opens what all its workers share, then usually runs them with {@link
   * WorkerThreads#runAll}.
   *
   * @param workers hosted here, in ascending order of index
   */
  R run(List<Worker> workers) throws Exception;
}
