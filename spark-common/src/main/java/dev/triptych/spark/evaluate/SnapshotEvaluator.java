package dev.triptych.spark.evaluate;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.model.Model;
import dev.triptych.core.model.Objective;
import dev.triptych.core.training.Snapshot;
import dev.triptych.core.training.TracePoint;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.spark.worker.WatchedJob;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Evaluates F(w) and the test metric for many snapshots in one pass over the data each, off the
 * training clock.
 */
public final class SnapshotEvaluator {
  /** Longest time in which not one block is evaluated. */
  private static final Duration MAX_SILENCE = Duration.ofMinutes(10);

  private SnapshotEvaluator() {}

  /** F(w) of each weight vector on all examples, in order. */
  public static double[] objectives(
      Objective objective, TrainingData data, List<double[]> weights) {
    Model model = objective.model();
    double[] sums = sumOverBlocks(data.blocks(), weights, (block, w) -> model.lossSum(block, w));
    long numRows = data.numRows();
    double[] values = new double[weights.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = objective.value(sums[i], numRows, weights.get(i));
    }
    return values;
  }

  /** The metric of each weight vector on the given examples, in order. */
  public static double[] metrics(
      TestMetric metric, Model model, JavaRDD<ExampleBlock> blocks, List<double[]> weights) {
    double numRows = blocks.map(block -> (double) block.numRows()).reduce(Double::sum);
    double[] sums = sumOverBlocks(blocks, weights, (block, w) -> metric.sum(model, block, w));
    double[] values = new double[weights.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = metric.value(sums[i], numRows);
    }
    return values;
  }

  /**
   * The trace of a run: every snapshot with its objective, those of the nodes it names, and, where
   * there is a test set, its test metric.
   */
  public static List<TracePoint> trace(
      Objective objective, TrainingData data, List<Snapshot> snapshots) {
    List<double[]> weights = snapshots.stream().map(Snapshot::weights).toList();
    List<double[]> nodeWeights =
        snapshots.stream().flatMap(snapshot -> snapshot.nodeWeights().stream()).toList();
    double[] all =
        objectives(objective, data, Stream.concat(weights.stream(), nodeWeights.stream()).toList());
    int nextNode = weights.size();
    JavaRDD<ExampleBlock> test = data.test();
    Model model = objective.model();
    double[] metrics =
        test == null ? null : metrics(TestMetric.of(model.labelKind()), model, test, weights);
    List<TracePoint> trace = new ArrayList<>();
    for (int i = 0; i < snapshots.size(); i++) {
      Snapshot s = snapshots.get(i);
      List<Double> nodes = new ArrayList<>();
      for (int node = 0; node < s.nodeWeights().size(); node++) {
        nodes.add(all[nextNode++]);
      }
      trace.add(
          new TracePoint(
              s.seconds(),
              s.epochs(),
              s.updates(),
              all[i],
              metrics == null ? null : metrics[i],
              s.bytes(),
              s.consensusDistance(),
              s.maxStaleness(),
              nodes));
    }
    return trace;
  }

  private static double[] sumOverBlocks(
      JavaRDD<ExampleBlock> blocks, List<double[]> weights, BlockSum blockSum) {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(blocks.context());
    Broadcast<double[][]> shared = spark.broadcast(weights.toArray(new double[0][]));
    try {
      List<double[]> ofPartitions =
          WatchedJob.run(
              spark,
              "evaluation of " + weights.size() + " snapshots",
              MAX_SILENCE,
              () ->
                  blocks
                      .map(
                          block -> {
                            double[][] vectors = shared.value();
                            double[] sums = new double[vectors.length];
                            for (int i = 0; i < sums.length; i++) {
                              sums[i] = blockSum.of(block, vectors[i]);
                            }
                            return sums;
                          })
                      .collect());
      // In the blocks' order, so that the same weights give the same bits.
      double[] total = new double[weights.size()];
      for (double[] sums : ofPartitions) {
        for (int i = 0; i < total.length; i++) {
          total[i] += sums[i];
        }
      }
      return total;
    } finally {
      shared.destroy();
    }
  }

  @FunctionalInterface
  private interface BlockSum extends Serializable {
    double of(ExampleBlock block, double[] weights);
  }
}
