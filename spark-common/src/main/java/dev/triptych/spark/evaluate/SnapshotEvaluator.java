package dev.triptych.spark.evaluate;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.model.Model;
import dev.triptych.core.model.Objective;
import dev.triptych.core.training.Snapshot;
import dev.triptych.core.training.TracePoint;
import dev.triptych.spark.data.TrainingData;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/** Evaluates F(w) for many snapshots in one pass over the data, off the training clock. */
public final class SnapshotEvaluator {
  private SnapshotEvaluator() {}

  /** F(w) of each weight vector on all examples, in order. */
  public static double[] objectives(
      Objective objective, TrainingData data, List<double[]> weights) {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(data.blocks().context());
    Broadcast<double[][]> shared = spark.broadcast(weights.toArray(new double[0][]));
    try {
      Model model = objective.model();
      double[] sums =
          data.blocks()
              .map((ExampleBlock block) -> lossSums(model, block, shared.value()))
              .reduce(
                  (a, b) -> {
                    for (int i = 0; i < a.length; i++) {
                      a[i] += b[i];
                    }
                    return a;
                  });
      long numRows = data.numRows();
      double[] values = new double[sums.length];
      for (int i = 0; i < sums.length; i++) {
        values[i] = objective.value(sums[i], numRows, weights.get(i));
      }
      return values;
    } finally {
      shared.destroy();
    }
  }

  /** The trace of a run: every snapshot with its objective. */
  public static List<TracePoint> trace(
      Objective objective, TrainingData data, List<Snapshot> snapshots) {
    double[] values =
        objectives(objective, data, snapshots.stream().map(Snapshot::weights).toList());
    List<TracePoint> trace = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      Snapshot s = snapshots.get(i);
      trace.add(
          new TracePoint(
              s.seconds(),
              s.epochs(),
              s.updates(),
              values[i],
              null,
              s.bytes(),
              s.consensusDistance(),
              s.maxStaleness()));
    }
    return trace;
  }

  private static double[] lossSums(Model model, ExampleBlock block, double[][] weights) {
    double[] sums = new double[weights.length];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = model.lossSum(block, weights[i]);
    }
    return sums;
  }
}
