package dev.triptych.spark.worker;

import dev.triptych.core.data.CompactBlock;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.spark.data.TrainingData;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.jspecify.annotations.Nullable;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

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
    return of(
        data.blocks()
            .mapPartitionsWithIndex(
                (index, blocks) -> {
                  ExampleBlock block = blocks.next();
                  return List.of(new HostedBlock(index, block, null)).iterator();
                },
                true),
        data.numWorkers(),
        maxTasks);
  }

  /** The same over the features that each worker's block stores; for sparse blocks. */
  public static WorkerGroup ofCompact(TrainingData data, int maxTasks) {
    return of(
        data.compact()
            .mapPartitionsWithIndex(
                (index, blocks) -> {
                  CompactBlock block = blocks.next();
                  return List.of(new HostedBlock(index, block.rows(), block)).iterator();
                },
                true),
        data.numWorkers(),
        maxTasks);
  }

  private static WorkerGroup of(JavaRDD<HostedBlock> indexed, int numWorkers, int maxTasks) {
    int numTasks = Math.min(numWorkers, Math.max(1, maxTasks));
    return new WorkerGroup(
        numTasks < numWorkers ? indexed.coalesce(numTasks) : indexed, numWorkers);
  }

  /** S. */
  public int numTasks() {
    return hosted.getNumPartitions();
  }

  /**
   * Runs the body in every task and returns the tasks' results in task order; a Spark job.
   *
   * <p>Goes through Spark's own {@code runJob} with functions that are plain classes: for each
   * lambda Spark's closure cleaner would unpack and read the class file of its surroundings, which
   * costs much of a short job.
   */
  public <R> List<R> run(TaskBody<R> body) {
    int numTasks = numTasks();
    List<R> results = new ArrayList<>(Collections.nCopies(numTasks, null));
    List<Object> partitions = new ArrayList<>(numTasks);
    for (int task = 0; task < numTasks; task++) {
      partitions.add(task);
    }
    hosted
        .context()
        .runJob(
            hosted.rdd(),
            new RunBody<>(body, numWorkers),
            CollectionConverters.asScala(partitions).toSeq(),
            new Collect<>(results),
            ClassTag$.MODULE$.<R>apply(Object.class));
    return results;
  }

  /** The tasks' results as an RDD with one element per task, for reductions; nothing runs yet. */
  public <R> JavaRDD<R> results(TaskBody<R> body) {
    int total = numWorkers;
    return hosted.mapPartitions(
        (Iterator<HostedBlock> blocks) ->
            List.of(body.run(hostedWorkers(blocks, total))).iterator());
  }

  private static List<Worker> hostedWorkers(Iterator<HostedBlock> blocks, int numWorkers) {
    int attempt = TaskContext.get().attemptNumber();
    List<Worker> workers = new ArrayList<>();
    while (blocks.hasNext()) {
      HostedBlock next = blocks.next();
      workers.add(new Worker(next.index(), numWorkers, attempt, next.block(), next.compact()));
    }
    workers.sort((a, b) -> Integer.compare(a.index(), b.index()));
    return List.copyOf(workers);
  }

  /** A body as the function that Spark ships. */
  private static final class RunBody<R>
      extends AbstractFunction2<TaskContext, scala.collection.Iterator<HostedBlock>, R>
      implements Serializable {
    private static final long serialVersionUID = 1L;
    private final TaskBody<R> body;
    private final int numWorkers;

    RunBody(TaskBody<R> body, int numWorkers) {
      this.body = body;
      this.numWorkers = numWorkers;
    }

    @Override
    public R apply(TaskContext task, scala.collection.Iterator<HostedBlock> blocks) {
      try {
        return body.run(hostedWorkers(CollectionConverters.asJava(blocks), numWorkers));
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Puts results in their places on the driver. */
  private static final class Collect<R> extends AbstractFunction2<Object, R, BoxedUnit> {
    private final List<R> results;

    Collect(List<R> results) {
      this.results = results;
    }

    @Override
    public BoxedUnit apply(Object task, R result) {
      results.set((Integer) task, result);
      return BoxedUnit.UNIT;
    }
  }

  /**
   * A worker's index with its block; passes from one iterator to the next and is never serialized.
   */
  private record HostedBlock(int index, ExampleBlock block, @Nullable CompactBlock compact) {}
}
