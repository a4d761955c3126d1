package dev.triptych.async.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.plugin.TriptychPlugin;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.LabelRule;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.loss.Loss.LabelKind;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.AdaGrad;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.data.DataLoader;
import dev.triptych.spark.data.LoadOptions;
import dev.triptych.spark.data.Partition;
import dev.triptych.spark.data.Scale;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.testing.SparkSessions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Loading and training with the servers on executors: what the driver sees of the features. */
@Timeout(240)
class LargeModelIT {
  private static final int WORKERS = 2;
  private static final int ROWS_PER_WORKER = 1000;

  /** Bytes that may vary for other reasons: Spark's accumulators and task binaries. */
  private static final long SLACK = 100_000;

  @Test
  void tenTimesTheFeaturesBringNotMoreToTheDriver() throws Exception {
    try (SparkSession session =
        SparkSessions.localCluster(Map.of("spark.plugins", TriptychPlugin.class.getName()))) {
      long[] small = train(session, 100_000);
      long[] large = train(session, 1_000_000);
      assertThat(large[0]).as("task results").isLessThan(small[0] + SLACK);
      assertThat(large[1]).as("broadcasts").isLessThan(small[1] + SLACK);
    }
  }

  private static long[] train(SparkSession session, int numFeatures) throws TimeoutException {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    DriverTraffic traffic = DriverTraffic.of(spark.sc());
    TrainingData data =
        DataLoader.fromRdd(
            spark.parallelize(List.of(0, 1), WORKERS).map(part -> rows(part, numFeatures)),
            new LoadOptions(
                WORKERS,
                Partition.IID,
                Problems.SEED,
                numFeatures,
                Scale.NONE,
                new LabelRule(LabelKind.BINARY, Map.of()),
                null));
    Objective objective =
        new Objective(new LinearModel(new LogisticLoss(), numFeatures, true), 1e-4);
    TrainingRun run =
        new AsyncTrainer()
            .train(
                objective,
                data,
                AsyncSettings.of(
                        Problems.settings(WORKERS, 3, 50, 0.1, new AdaGrad()),
                        2,
                        Deployment.EXECUTORS,
                        Consistency.asp())
                    .withWeightsTo(WeightsSink.none()),
                ProgressListener.SILENT);
    assertThat(run.settings()).containsEntry("gradients", "sparse");
    assertThat(run.finalObjective()).isLessThan(Math.log(2) * 0.95);
    assertThat(run.weights()).isNull();
    data.blocks().unpersist(true);
    data.compact().unpersist(true);
    spark.sc().listenerBus().waitUntilEmpty();
    spark.sc().removeSparkListener(traffic);
    return new long[] {traffic.resultBytes(), traffic.broadcastBytes()};
  }

  private static ExampleBlock rows(int part, int numFeatures) {
    return Problems.sparseLogistic(2, ROWS_PER_WORKER, numFeatures, 10).get(part);
  }
}
