package dev.triptych.gossip.train;

import static dev.triptych.gossip.train.GossipProblems.SEED;
import static dev.triptych.gossip.train.GossipProblems.logistic;
import static dev.triptych.gossip.train.GossipProblems.meanSquaredError;
import static dev.triptych.gossip.train.GossipProblems.on;
import static dev.triptych.gossip.train.GossipProblems.oneTargetEach;
import static dev.triptych.gossip.train.GossipProblems.settings;
import static dev.triptych.gossip.train.GossipProblems.squaredInOneDimension;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Momentum;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TracePoint;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.data.DataLoader;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.testing.GeneratedData;
import dev.triptych.testing.SparkSessions;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Gossip between two executor processes over sockets, with Spark's authentication, encryption and
 * Kryo switched on. One slot each, so that the nodes' two tasks run in different processes.
 */
@Timeout(180)
class GossipLocalClusterIT {
  private static final int FEATURES = 6;
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
  void everyNodeSendsItsDegreeTimesTheModelInEveryRound() {
    List<ExampleBlock> blocks = GeneratedData.logistic(8, 20, 9, SEED);
    GossipProblems.payloadIsDegreeTimesModel(
        (objective, settings) -> train(objective, blocks, settings));
  }

  @Test
  void constantStepLeavesThePublishedBiasAcrossProcessesToo() {
    RunSettings run = settings(8, 300, 0, 0.1, new Sgd(), null);
    GossipRun trained =
        trainNodes(squaredInOneDimension(), oneTargetEach(8), on(run, "exponential", "dpsgd"));

    assertThat(trained.run().settings()).containsEntry("tasks", "2");
    assertThat(trained.run().weights()[0]).isCloseTo(3.5, within(1e-6));
    assertThat(meanSquaredError(trained.nodeWeights())).isCloseTo(.05626911, within(1e-6));
    assertThat(trained.run().bytesSent()).isEqualTo(300 * 8 * 3 * 8);
  }

  @Test
  void statesSurviveTheWayToTheDriverAndBackBetweenSegments() {
    List<ExampleBlock> blocks = GeneratedData.logistic(6, 40, FEATURES, SEED);
    TrainingRun whole =
        train(
            logistic(FEATURES),
            blocks,
            on(settings(6, 8, 5, 0.03, new Momentum(0.9), null), "ring", "dpsgd-atc"));
    TracePoint early = whole.trace().get(4);
    TrainingRun inSegments =
        train(
            logistic(FEATURES),
            blocks,
            on(
                settings(6, 8, 5, 0.03, new Momentum(0.9), early.objective() + 1e-9),
                "ring",
                "dpsgd-atc"));

    assertThat(whole.stopReason()).isEqualTo(StopReason.COMPLETED);
    assertThat(early.updates()).isEqualTo(12);
    assertThat(inSegments.stopReason()).isEqualTo(StopReason.TARGET_REACHED);
    assertThat(inSegments.updates()).isEqualTo(12);
    assertThat(inSegments.finalObjective()).isCloseTo(early.objective(), within(1e-14));
  }

  @Test
  void divergenceIsToldFromProcessToProcess() {
    RunSettings run = settings(8, 5000, 0, 1e3, new Sgd(), null);
    TrainingRun trained =
        train(squaredInOneDimension(), oneTargetEach(8), on(run, "ring", "dpsgd"));

    assertThat(trained.stopReason()).isEqualTo(StopReason.DIVERGED);
    assertThat(trained.divergedAtUpdate()).isBetween(95L, 115L);
  }

  @Test
  void aNodeThatFailsEndsTheRunWithItsNameAndTheNextRunWorks() {
    RunSettings run = settings(4, 1000, 0, 0.1, new Sgd(), null);
    Objective failing = new Objective(new LinearModel(new FailingLoss(3), 1, false), 0);

    assertThatThrownBy(() -> train(failing, oneTargetEach(4), on(run, "ring", "dpsgd")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("failed at node 3: ")
        .hasMessageContaining("this node breaks down on purpose");

    RunSettings next = settings(4, 10, 0, 0.1, new Sgd(), null);
    TrainingRun trained =
        train(squaredInOneDimension(), oneTargetEach(4), on(next, "ring", "dpsgd"));
    assertThat(trained.updates()).isEqualTo(10);
  }

  private static TrainingRun train(
      Objective objective, List<ExampleBlock> blocks, GossipSettings settings) {
    return trainNodes(objective, blocks, settings).run();
  }

  private static GossipRun trainNodes(
      Objective objective, List<ExampleBlock> blocks, GossipSettings settings) {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    TrainingData data = DataLoader.fromBlocks(spark, blocks);
    try {
      return new GossipTrainer().trainNodes(objective, data, settings, ProgressListener.SILENT);
    } finally {
      data.blocks().unpersist();
    }
  }
}
