package dev.triptych.spark.worker;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.spark.data.TrainingData;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;

/**
 * N logical workers hosted by S ≤ N Spark tasks, so that all workers run at the same time whatever
 * the number of task slots. Task k hosts the workers whose partitions Spark grouped into it (by
 * locality where there is any).
 *
 * <p>Not barrier mode: one failed task is retried alone.
 */
public final class WorkerGroup {
  private final JavaRDD<HostedBlock> hosted;
  private final int numWorkers;

  private WorkerGroup(JavaRDD<HostedBlock> hosted, int numWorkers) {
    this.hosted = hosted;
    this.numWorkers = numWorkers;
  }

  /**
   * @param maxTasks task slots that run at the same time, see {@link TaskSlots}
   */
  public static WorkerGroup of(TrainingData data, int maxTasks) {
    int numWorkers = data.numWorkers();
    JavaRDD<HostedBlock> indexed =
        data.blocks()
            .mapPartitionsWithIndex(
                (index, blocks) -> {
                  ExampleBlock block = blocks.next();
                  return List.of(new HostedBlock(index, block)).iterator();
                },
                true);
    int numTasks = Math.min(numWorkers, Math.max(1, maxTasks));
    return new WorkerGroup(
        numTasks < numWorkers ? indexed.coalesce(numTasks) : indexed, numWorkers);
  }

  /** S. */
  public int numTasks() {
    return hosted.getNumPartitions();
  }

  /** Runs the body in every task and returns the tasks' results; a Spark job. */
  public <R> List<R> run(TaskBody<R> body) {
    return results(body).collect();
  }

  /** The tasks' results as an RDD with one element per task, for reductions; nothing runs yet. */
  public <R> JavaRDD<R> results(TaskBody<R> body) {
    int total = numWorkers;
    return hosted.mapPartitions(
        (Iterator<HostedBlock> blocks) -> {
          int attempt = TaskContext.get().attemptNumber();
          List<Worker> workers = new ArrayList<>();
          while (blocks.hasNext()) {
            HostedBlock next = blocks.next();
            workers.add(new Worker(next.index(), total, attempt, next.block()));
          }
          workers.sort((a, b) -> Integer.compare(a.index(), b.index()));
          return List.of(body.run(List.copyOf(workers))).iterator();
        });
  }

  /**
   * A worker's index with its block; passes from one iterator to the next and is never serialized.
   */
  private record HostedBlock(int index, ExampleBlock block) {}
}
