package dev.triptych.gossip.train;

import static dev.triptych.gossip.train.GossipProblems.SEED;
import static dev.triptych.gossip.train.GossipProblems.logistic;
import static dev.triptych.gossip.train.GossipProblems.on;
import static dev.triptych.gossip.train.GossipProblems.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.data.DataLoader;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.testing.ExecutorProcesses;
import dev.triptych.testing.GeneratedData;
import dev.triptych.testing.ReferenceOptimum;
import dev.triptych.testing.SparkSessions;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * AD-PSGD between two executor processes over sockets, with Spark's authentication, encryption and
 * Kryo switched on; and when one of the two is killed.
 */
@Timeout(180)
class PairLocalClusterIT {
  private static final int FEATURES = 6;
  private static final List<ExampleBlock> BLOCKS = GeneratedData.logistic(8, 100, FEATURES, SEED);
  private static final ReferenceOptimum OPTIMUM =
      ReferenceOptimum.minimise(new LogisticLoss(), 1e-3, true, BLOCKS);
  private static SparkSession session;

  @BeforeAll
  static void startCluster() {
    session =
        SparkSessions.localCluster(
            Map.of(
                "spark.authenticate", "true",
                "spark.authenticate.secret", UUID.randomUUID().toString(),
                "spark.network.crypto.enabled", "true",
                "spark.serializer", "org.apache.spark.serializer.KryoSerializer"));
  }

  @AfterAll
  static void stopCluster() {
    session.stop();
  }

  @Test
  void nodesOfTwoProcessesReachTheOptimumTogether() {
    RunSettings run = settings(8, 60, 20, 0.2, new Sgd(), null);
    TrainingRun trained = train(paced(run, 2), ProgressListener.SILENT);

    assertThat(trained.settings()).containsEntry("tasks", "2");
    assertThat(trained.settings()).doesNotContainKey("missed-nodes");
    assertThat(trained.updates()).isEqualTo(60 * 40);
    assertThat(trained.finalObjective() - OPTIMUM.objective()).isBetween(-1e-9, 1e-3);
    long averages = trained.counters().get("averages");
    assertThat(averages).isGreaterThan(1200);
    assertThat(trained.bytesSent()).isEqualTo(averages * 2 * (FEATURES + 1) * Double.BYTES);
    assertThat(trained.bytesReceived()).isEqualTo(trained.bytesSent());
  }

  @Test
  void whenAProcessIsKilledTheOthersGoOnAndItsNodesRejoinInANewOne() {
    RunSettings run = settings(8, 50, 20, 0.2, new Sgd(), null);
    AtomicInteger killed = new AtomicInteger(-1);
    ProgressListener kill =
        (epochs, of) -> {
          if (epochs > 1 && killed.get() < 0) {
            killed.set(ExecutorProcesses.killFirst());
          }
        };
    TrainingRun trained = train(paced(run, 20), kill);

    assertThat(killed.get()).as("an executor was killed").isNotNegative();
    assertThat(trained.updates()).isEqualTo(50 * 40);
    assertThat(trained.settings().get("rejoined-nodes").split(",")).hasSize(4);
    assertThat(trained.settings().get("missed-nodes")).isNotEmpty();
    assertThat(trained.finalObjective() - OPTIMUM.objective()).isBetween(-1e-9, 5e-3);
    assertThat(trained.consensusDistance()).isLessThan(0.5);
  }

  /** Mini-batches of some milliseconds, so that eight nodes on two cores do about equally many. */
  private static RunSettings paced(RunSettings run, long millis) {
    return run.withStragglers(Stragglers.of(millis * 1_000_000, false, Map.of(), SEED));
  }

  private static TrainingRun train(RunSettings run, ProgressListener progress) {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    TrainingData data = DataLoader.fromBlocks(spark, BLOCKS);
    try {
      return new GossipTrainer()
          .train(logistic(FEATURES), data, on(run, "exponential", "ad-psgd"), progress);
    } finally {
      data.blocks().unpersist();
    }
  }
}
