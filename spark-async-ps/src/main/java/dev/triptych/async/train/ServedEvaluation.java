package dev.triptych.async.train;

import dev.triptych.async.client.RunLocation;
import dev.triptych.async.client.SnapshotClient;
import dev.triptych.async.shard.SnapshotSummary;
import dev.triptych.core.data.CompactBlock;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.model.Model;
import dev.triptych.core.model.Objective;
import dev.triptych.core.training.TracePoint;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.spark.evaluate.TestMetric;
import dev.triptych.spark.transport.Endpoint;
import dev.triptych.spark.worker.TaskBody;
import dev.triptych.spark.worker.WatchedJob;
import dev.triptych.spark.worker.Worker;
import dev.triptych.spark.worker.WorkerGroup;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates snapshots where they are: every task asks the servers for the weights of the features
 * that its own block stores, the servers tell the penalty, and only sums come to the driver. Off
 * the training clock, as {@link dev.triptych.spark.evaluate.SnapshotEvaluator}, which broadcasts
 * whole vectors.
 */
final class ServedEvaluation {
  /** Longest time in which not one task ends. */
  private static final Duration MAX_SILENCE = Duration.ofMinutes(10);

  private final Objective objective;
  private final TrainingData data;
  private final WorkerGroup workers;
  private final RunLocation location;
  private final Duration maxWait;

  /**
   * @param workers over compact blocks
   * @param maxWait bound of every call to a server
   */
  ServedEvaluation(
      Objective objective,
      TrainingData data,
      WorkerGroup workers,
      RunLocation location,
      Duration maxWait) {
    this.objective = objective;
    this.data = data;
    this.workers = workers;
    this.location = location;
    this.maxWait = maxWait;
  }

  /** Every snapshot with its objective and, where there is a test set, its test metric. */
  List<TracePoint> trace(List<SnapshotSummary> snapshots) {
    long[] versions = snapshots.stream().mapToLong(SnapshotSummary::version).toArray();
    Model model = objective.model();
    double[] losses = sums(versions, workers, new Losses(model));
    double[] metrics = metrics(versions);
    List<TracePoint> trace = new ArrayList<>();
    for (int i = 0; i < versions.length; i++) {
      SnapshotSummary s = snapshots.get(i);
      trace.add(
          new TracePoint(
              s.nanos() / 1e9,
              (double) s.numExamples() / data.numRows(),
              s.version(),
              objective.valueAt(losses[i], data.numRows(), s.squaredNorm(), s.absoluteNorm()),
              metrics == null ? null : metrics[i],
              s.bytes(),
              null,
              (int) Math.min(Integer.MAX_VALUE, s.maxStaleness())));
    }
    return trace;
  }

  private double @Nullable [] metrics(long[] versions) {
    JavaRDD<ExampleBlock> test = data.test();
    if (test == null) {
      return null;
    }
    TestMetric metric = TestMetric.of(objective.model().labelKind());
    long numRows = test.map(block -> (long) block.numRows()).reduce(Long::sum);
    TestTask task = new TestTask(reader(versions), new Metrics(objective.model(), metric));
    double[] sums =
        WatchedJob.run(
            JavaSparkContext.fromSparkContext(test.context()),
            "test of " + versions.length + " snapshots",
            MAX_SILENCE,
            () -> test.map(task).reduce(ServedEvaluation::add));
    double[] metrics = new double[versions.length];
    for (int i = 0; i < metrics.length; i++) {
      metrics[i] = metric.value(sums[i], numRows);
    }
    return metrics;
  }

  private double[] sums(long[] versions, WorkerGroup group, BlockSum sum) {
    Task task = new Task(reader(versions), sum);
    return WatchedJob.run(
            JavaSparkContext.fromSparkContext(data.blocks().context()),
            "evaluation of " + versions.length + " snapshots",
            MAX_SILENCE,
            () -> group.run(task))
        .stream()
        .reduce(new double[versions.length], ServedEvaluation::add);
  }

  private Reader reader(long[] versions) {
    return new Reader(location, objective.model(), versions, maxWait);
  }

  private static double[] add(double[] a, double[] b) {
    double[] sums = a.clone();
    for (int i = 0; i < sums.length; i++) {
      sums[i] += b[i];
    }
    return sums;
  }

  /** What is summed over the rows of a compact block. */
  private interface BlockSum extends Serializable {
    double of(ExampleBlock rows, double[] weights);
  }

  private record Losses(Model model) implements BlockSum {
    @Override
    public double of(ExampleBlock rows, double[] weights) {
      return model.withNumFeatures(rows.numFeatures()).lossSum(rows, weights);
    }
  }

  private record Metrics(Model model, TestMetric metric) implements BlockSum {
    @Override
    public double of(ExampleBlock rows, double[] weights) {
      return metric.sum(model.withNumFeatures(rows.numFeatures()), rows, weights);
    }
  }

  /** Asks the servers for what a block needs, version by version. */
  private record Reader(RunLocation location, Model model, long[] versions, Duration maxWait)
      implements Serializable {
    double[] sums(List<CompactBlock> blocks, BlockSum sum) throws InterruptedException {
      double[] sums = new double[versions.length];
      try (Endpoint endpoint =
          Endpoint.open(
              "evaluation of an asynchronous run",
              1,
              (request, reply) -> reply.failure("an evaluation serves nobody"))) {
        SnapshotClient client = new SnapshotClient(endpoint, location, maxWait);
        for (CompactBlock block : blocks) {
          int[] keys = SparseGradients.keysOf(model, block.features());
          for (int i = 0; i < versions.length; i++) {
            sums[i] += sum.of(block.rows(), client.values(versions[i], keys));
          }
        }
      }
      return sums;
    }
  }

  private record Task(Reader reader, BlockSum sum) implements TaskBody<double[]> {
    @Override
    public double[] run(List<Worker> hosted) throws InterruptedException {
      List<CompactBlock> blocks = new ArrayList<>();
      for (Worker worker : hosted) {
        CompactBlock block = worker.compact();
        if (block == null) {
          throw new IllegalStateException("worker " + worker.index() + " has no compact block");
        }
        blocks.add(block);
      }
      return reader.sums(blocks, sum);
    }
  }

  private record TestTask(Reader reader, BlockSum sum) implements Function<ExampleBlock, double[]> {
    @Override
    public double[] call(ExampleBlock block) throws InterruptedException {
      return reader.sums(List.of(CompactBlock.of(block)), sum);
    }
  }
}
