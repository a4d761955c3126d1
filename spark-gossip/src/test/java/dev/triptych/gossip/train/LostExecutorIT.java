package dev.triptych.gossip.train;

import static dev.triptych.gossip.train.GossipProblems.SEED;
import static dev.triptych.gossip.train.GossipProblems.logistic;
import static dev.triptych.gossip.train.GossipProblems.on;
import static dev.triptych.gossip.train.GossipProblems.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.data.DataLoader;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.testing.ExecutorProcesses;
import dev.triptych.testing.GeneratedData;
import dev.triptych.testing.SparkSessions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of one of two executors, in the middle of training. */
@Timeout(200)
class LostExecutorIT {
  private static final int FEATURES = 5;

  @Test
  void theOthersGoOnAndItsNodesComeBackWithANeighboursWeights(@TempDir Path folder) {
    List<ExampleBlock> blocks = GeneratedData.logistic(4, 60, FEATURES, SEED);
    RunSettings run = settings(4, 200, 5, 0.2, new Sgd(), null);
    SlowUntilBackLoss loss = new SlowUntilBackLoss(folder);
    Objective slow = new Objective(new LinearModel(loss, FEATURES, true), 1e-3);
    AtomicInteger killed = new AtomicInteger(-1);
    ProgressListener kill =
        (epochs, of) -> {
          if (epochs > 0 && killed.get() < 0) {
            killed.set(ExecutorProcesses.killFirst());
            loss.killed();
          }
        };
    SparkSession session = SparkSessions.localCluster(Map.of());
    try {
      JavaSparkContext spark = new JavaSparkContext(session.sparkContext());
      TrainingRun disturbed = train(spark, slow, blocks, run, kill);
      TrainingRun calm = train(spark, logistic(FEATURES), blocks, run, ProgressListener.SILENT);

      assertThat(killed.get()).as("an executor was killed").isNotNegative();
      assertThat(disturbed.stopReason()).isEqualTo(StopReason.COMPLETED);
      assertThat(disturbed.settings().get("membership"))
          .startsWith("epoch 2 from round ")
          .contains(" without nodes [", " back with the weights of node ");
      double start = calm.trace().get(0).objective();
      assertThat(disturbed.finalObjective())
          .as("seed %d: as good as if nothing had happened", SEED)
          .isLessThan(calm.finalObjective() + (start - calm.finalObjective()) / 50);
    } finally {
      session.stop();
    }
  }

  private static TrainingRun train(
      JavaSparkContext spark,
      Objective objective,
      List<ExampleBlock> blocks,
      RunSettings run,
      ProgressListener progress) {
    TrainingData data = DataLoader.fromBlocks(spark, blocks);
    try {
      return new GossipTrainer()
          .train(objective, data, on(run, "ring", "gradient-tracking"), progress);
    } finally {
      data.blocks().unpersist();
    }
  }
}
