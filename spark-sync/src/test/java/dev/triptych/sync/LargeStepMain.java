package dev.triptych.sync;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.AdaGrad;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.testing.SparkSessions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * A driver that trains 20 million weights on two executors without ever having them. Prints {@code
 * passed} or fails.
 */
final class LargeStepMain {
  private static final int FEATURES = 20_000_000;
  private static final int WORKERS = 2;
  private static final int ROWS = 400;
  private static final int STORED = 20;

  private LargeStepMain() {}

  public static void main(String[] args) throws Exception {
    try (SparkSession session = SparkSessions.localCluster(Map.of())) {
      JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
      JavaRDD<ExampleBlock> blocks =
          spark
              .parallelize(List.of(0, 1), WORKERS)
              .map(LargeStepMain::block)
              .persist(StorageLevel.MEMORY_ONLY());
      long[] rows = {ROWS, ROWS};
      TrainingData data =
          TrainingData.of(blocks, FEATURES, rows, (long) WORKERS * ROWS * STORED, STORED);
      Objective objective =
          new Objective(new LinearModel(new LogisticLoss(), FEATURES, true), 1e-6);
      double[] objectives = new double[2];
      for (Aggregation aggregation :
          new Aggregation[] {Aggregation.REDUCE_SCATTER, Aggregation.ALL_REDUCE}) {
        SyncSettings settings =
            new SyncSettings(run(), SyncSettings.Algorithm.GD).with(aggregation).withoutWeights();
        TrainingRun trained =
            new SyncTrainer().train(objective, data, settings, ProgressListener.SILENT);
        if (trained.weights() != null || trained.updates() != 3) {
          throw new AssertionError(trained.updates() + " updates");
        }
        objectives[aggregation.ordinal() - 1] = trained.finalObjective();
        System.out.printf(
            "%s: %d weights, objective %.6f, %.2f s a step, driver's heap at most %d MB%n",
            aggregation.optionName(),
            FEATURES + 1,
            trained.finalObjective(),
            trained.trainSeconds() / 3,
            Runtime.getRuntime().maxMemory() >> 20);
      }
      if (!(objectives[0] < 0.5) || objectives[0] != objectives[1]) {
        throw new AssertionError(Arrays.toString(objectives));
      }
      System.out.println("passed");
    }
  }

  private static RunSettings run() {
    return new RunSettings(
        WORKERS,
        3,
        0,
        StepSize.constant(0.1),
        new AdaGrad(),
        null,
        1,
        Stragglers.none(),
        Duration.ofSeconds(60),
        4);
  }

  /** Labels that the features' parity tells. */
  private static ExampleBlock block(int part) {
    SplittableRandom random = new SplittableRandom(part);
    double[] labels = new double[ROWS];
    int[] offsets = new int[ROWS + 1];
    int[] columns = new int[ROWS * STORED];
    for (int r = 0; r < ROWS; r++) {
      labels[r] = r % 2 == 0 ? 1 : -1;
      offsets[r + 1] = (r + 1) * STORED;
      int[] row = random.ints(STORED, 0, FEATURES / STORED / 2).toArray();
      for (int k = 0; k < STORED; k++) {
        columns[r * STORED + k] = k * (FEATURES / STORED) + 2 * row[k] + r % 2;
      }
    }
    return ExampleBlock.sparse(FEATURES, labels, offsets, columns, null);
  }
}
