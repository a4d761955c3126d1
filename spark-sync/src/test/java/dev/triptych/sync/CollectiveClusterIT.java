package dev.triptych.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.Loss;
import dev.triptych.core.loss.SquaredLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Adam;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.RunStoppedException;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.testing.JavaProcess;
import dev.triptych.testing.SparkSessions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Steps without the driver, between executor processes. */
@Timeout(180)
class CollectiveClusterIT {
  private static final int FEATURES = 50_000;
  private static final int ROWS = 20;
  private static final double DEADLY = 1000;
  private static final long SEED = 20261125;

  @Test
  void executorsGetTreesWeightsBitForBitAndALostOneEndsTheRunByName() throws Exception {
    try (SparkSession session = SparkSessions.localCluster(Map.of())) {
      JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
      TrainingData data = data(spark, 0);
      double[] tree = train(data, new SquaredLoss(), Aggregation.TREE);
      assertThat(train(data, new SquaredLoss(), Aggregation.REDUCE_SCATTER))
          .as("seed %d", SEED)
          .containsExactly(tree);
      assertThat(train(data, new SquaredLoss(), Aggregation.ALL_REDUCE)).containsExactly(tree);
      data.blocks().unpersist(true);

      TrainingData deadly = data(spark, DEADLY);
      assertThatThrownBy(() -> train(deadly, new DeadlyLoss(), Aggregation.ALL_REDUCE))
          .isInstanceOf(RunStoppedException.class)
          .hasMessageContaining("was lost, with weights that the others cannot go on without");
    }
  }

  @Test
  void twentyMillionWeightsTrainBesideADriverOf512Megabytes() throws Exception {
    try (JavaProcess driver =
        JavaProcess.of("large-step", LargeStepMain.class.getName())
            .jvmOptions("-Xmx512m", "-XX:+ExitOnOutOfMemoryError")
            .start()) {
      assertThat(driver.awaitExit(Duration.ofSeconds(120))).as(driver.output()).isZero();
      assertThat(driver.output()).contains("passed");
    }
  }

  /** Ends its process at one label. */
  private static final class DeadlyLoss implements Loss {
    private static final long serialVersionUID = 1L;
    private final SquaredLoss values = new SquaredLoss();

    @Override
    public String name() {
      return "deadly";
    }

    @Override
    public double value(double score, double label) {
      return values.value(score, label);
    }

    @Override
    public double derivative(double score, double label) {
      if (label == DEADLY) {
        Runtime.getRuntime().halt(1);
      }
      return values.derivative(score, label);
    }

    @Override
    public double curvatureBound() {
      return 1;
    }

    @Override
    public LabelKind labelKind() {
      return LabelKind.REAL;
    }
  }

  private static double[] train(TrainingData data, Loss loss, Aggregation aggregation) {
    RunSettings run =
        new RunSettings(
            2,
            10,
            5,
            StepSize.constant(0.05),
            new Adam(0.9, 0.999),
            null,
            SEED,
            Stragglers.none(),
            Duration.ofSeconds(20),
            4);
    return new SyncTrainer()
        .train(
            new Objective(new LinearModel(loss, FEATURES, true), 1e-3),
            data,
            new SyncSettings(run, SyncSettings.Algorithm.SGD).with(aggregation),
            ProgressListener.SILENT)
        .collectedWeights();
  }

  private static TrainingData data(JavaSparkContext spark, double lastLabel) {
    SplittableRandom random = new SplittableRandom(SEED);
    List<ExampleBlock> blocks = new ArrayList<>();
    for (int worker = 0; worker < 2; worker++) {
      double[] labels = random.doubles(ROWS, -1, 1).toArray();
      if (worker == 1) {
        labels[ROWS - 1] = lastLabel;
      }
      int[] offsets = new int[ROWS + 1];
      int[] columns = new int[ROWS * 3];
      for (int r = 0; r < ROWS; r++) {
        offsets[r + 1] = 3 * (r + 1);
        for (int k = 0; k < 3; k++) {
          columns[3 * r + k] = k * (FEATURES / 3) + random.nextInt(FEATURES / 3);
        }
      }
      blocks.add(ExampleBlock.sparse(FEATURES, labels, offsets, columns, null));
    }
    JavaRDD<ExampleBlock> rdd = spark.parallelize(blocks, 2).persist(StorageLevel.MEMORY_ONLY());
    return TrainingData.of(rdd, FEATURES, new long[] {ROWS, ROWS}, 2L * ROWS * 3, 3);
  }
}
