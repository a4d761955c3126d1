package dev.triptych.sync;

import dev.triptych.core.timeline.Timeline;
import dev.triptych.core.training.RunSettings;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.spark.worker.HostClock;
import dev.triptych.spark.worker.TaskBody;
import dev.triptych.spark.worker.TaskSlots;
import dev.triptych.spark.worker.WatchedJob;
import dev.triptych.spark.worker.WorkerGroup;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * One synchronous step after the other: broadcast w, map, sum. Counts steps, bytes and what the
 * workers did. Not thread-safe.
 */
final class Step {
  private static final long MAX_FLAT_REDUCE_BYTES = 64L << 20;

  private final RunSettings run;
  private final JavaSparkContext spark;
  private final WorkerGroup workers;
  private final double[] busySeconds;
  private final StepTimeline timeline;
  private long steps;
  private long gradients;
  private long bytes;
  private long resultBytes;

  Step(TrainingData data, RunSettings run) {
    this.run = run;
    this.spark = JavaSparkContext.fromSparkContext(data.blocks().context());
    this.workers =
        WorkerGroup.of(data, TaskSlots.await(spark.sc(), run.numWorkers(), run.maxWait()));
    this.busySeconds = new double[run.numWorkers()];
    this.timeline = new StepTimeline(run.numWorkers());
  }

  /** The sum over all workers, each of which computes one gradient. */
  StepGradient sum(double[] weights, Function<Broadcast<double[]>, TaskBody<StepGradient>> map) {
    return sum(weights, 1, map);
  }

  /**
   * The sum over all workers.
   *
   * @param gradients that each computes
   */
  StepGradient sum(
      double[] weights, int gradients, Function<Broadcast<double[]>, TaskBody<StepGradient>> map) {
    long began = HostClock.nanos();
    Broadcast<double[]> shared = spark.broadcast(weights);
    try {
      TaskBody<StepGradient> task = map.apply(shared);
      StepGradient sum =
          WatchedJob.run(
              spark, "synchronous step " + steps, maxTime(), () -> reduce(task, weights.length));
      bytes += (long) workers.numTasks() * weights.length * Double.BYTES + resultBytes;
      StepGradient.addTo(busySeconds, sum.times().busySeconds);
      timeline.add(sum.times(), began, HostClock.nanos());
      steps++;
      this.gradients += gradients;
      return sum;
    } finally {
      shared.destroy();
    }
  }

  /** Steps done. */
  long steps() {
    return steps;
  }

  /** That each worker has computed. */
  long gradients() {
    return gradients;
  }

  /** Payload of broadcasts and results: at most 2 · tasks · weights a step. */
  long bytes() {
    return bytes;
  }

  /** By worker. */
  double[] busySeconds() {
    return busySeconds;
  }

  /** The training clock runs on. */
  void resumeClock() {
    timeline.resume(HostClock.nanos());
  }

  /** The training clock stands still. */
  void pauseClock() {
    timeline.pause(HostClock.nanos());
  }

  /** The training clock as it stood still last. */
  double seconds() {
    return timeline.nanos() / 1e9;
  }

  /** What the workers did on it. */
  Timeline timeline() {
    return timeline.timeline();
  }

  int numTasks() {
    return workers.numTasks();
  }

  JavaSparkContext spark() {
    return spark;
  }

  /** The bound of any wait, on top of what stragglers are asked to take. */
  private Duration maxTime() {
    long delay = 0;
    for (int worker = 0; worker < run.numWorkers(); worker++) {
      delay = Math.max(delay, run.stragglers().totalNanos(worker, steps, 0));
    }
    return run.maxWait().plusNanos(delay);
  }

  /**
   * The sum over all tasks. Few small results are fetched and added in task order, a tree of depth
   * one and half the price of {@code treeReduce}; many or large ones go through executors first.
   */
  private StepGradient reduce(TaskBody<StepGradient> task, int length) {
    long bytesOnDriver = (long) workers.numTasks() * length * Double.BYTES;
    if (bytesOnDriver > MAX_FLAT_REDUCE_BYTES) {
      resultBytes = bytesOnDriver;
      return workers.results(task).treeReduce(StepGradient::plus, 2);
    }
    List<StepGradient> perTask = workers.run(task);
    resultBytes = perTask.stream().mapToLong(StepGradient::numBytes).sum();
    StepGradient sum = perTask.get(0);
    for (StepGradient next : perTask.subList(1, perTask.size())) {
      sum.plus(next);
    }
    return sum;
  }
}
