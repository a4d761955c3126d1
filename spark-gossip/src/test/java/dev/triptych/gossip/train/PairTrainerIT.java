package dev.triptych.gossip.train;

import static dev.triptych.gossip.train.GossipProblems.SEED;
import static dev.triptych.gossip.train.GossipProblems.logistic;
import static dev.triptych.gossip.train.GossipProblems.on;
import static dev.triptych.gossip.train.GossipProblems.oneTargetEach;
import static dev.triptych.gossip.train.GossipProblems.serialSgd;
import static dev.triptych.gossip.train.GossipProblems.settings;
import static dev.triptych.gossip.train.GossipProblems.squaredInOneDimension;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Adam;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.StalenessHistogram;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TracePoint;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.core.training.WorkerActivity;
import dev.triptych.gossip.topology.TopologyFile;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.data.DataLoader;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.testing.GeneratedData;
import dev.triptych.testing.ReferenceOptimum;
import dev.triptych.testing.SparkSessions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** AD-PSGD on a real Spark with two task slots. */
@Timeout(120)
class PairTrainerIT {
  private static final int FEATURES = 6;
  private static final String ALGORITHM = "ad-psgd";

  @ParameterizedTest
  @ValueSource(strings = {"ring", "exponential", "complete", "star"})
  void theMeanOfTheNodesReachesTheOptimum(String graph) {
    List<ExampleBlock> blocks = GeneratedData.logistic(8, 100, FEATURES, SEED);
    ReferenceOptimum optimum = ReferenceOptimum.minimise(new LogisticLoss(), 1e-3, true, blocks);
    // A millisecond each, so that eight nodes on two cores do about equally many.
    RunSettings run =
        settings(8, 60, 20, 0.2, new Sgd(), null)
            .withStragglers(Stragglers.of(1_000_000, false, Map.of(), SEED));
    GossipRun trained = trainNodes(logistic(FEATURES), blocks, on(run, graph, ALGORITHM));

    TrainingRun result = trained.run();
    assertThat(result.stopReason()).isEqualTo(StopReason.COMPLETED);
    assertThat(result.finalObjective() - optimum.objective()).isBetween(-1e-9, 1e-3);
    assertThat(result.trace().get(0).objective()).isCloseTo(Math.log(2), within(1e-9));
    assertThat(result.trace()).extracting(TracePoint::updates).isSorted().doesNotHaveDuplicates();
    assertThat(result.consensusDistance()).isBetween(1e-12, 0.5);
    assertThat(trained.nodeWeights()).hasDimensions(8, FEATURES + 1);
  }

  @Test
  void theNodesDoExactlyTheStepsThatTheEpochsAskForAndEveryAverageSendsTwoVectors() {
    List<ExampleBlock> blocks = GeneratedData.logistic(8, 40, FEATURES, SEED);
    RunSettings run = settings(8, 10, 10, 0.05, new Sgd(), null);
    TrainingRun trained = train(logistic(FEATURES), blocks, on(run, "exponential", ALGORITHM));

    assertThat(trained.updates()).isEqualTo(10 * 8 * 4);
    assertThat(trained.batches()).isEqualTo(trained.updates());
    long averages = trained.counters().get("averages");
    // Of 8 nodes the last one asks nobody.
    assertThat(averages).isBetween(trained.updates() / 2, trained.updates());
    assertThat(trained.bytesSent()).isEqualTo(averages * 2 * (FEATURES + 1) * Double.BYTES);
    assertThat(trained.bytesReceived()).isEqualTo(trained.bytesSent());
    StalenessHistogram staleness = Objects.requireNonNull(trained.staleness());
    assertThat(staleness.total()).isEqualTo(trained.updates());
    assertThat(last(trained).updates()).isEqualTo(trained.updates());
    assertThat(last(trained).epochs()).isCloseTo(10, within(1e-9));
  }

  @Test
  void oneWorkerIsSerialSgdBitForBit() {
    List<ExampleBlock> blocks = GeneratedData.logistic(1, 103, FEATURES, SEED);
    RunSettings run = settings(1, 3, 10, 0.3, new Adam(0.9, 0.999), null);
    TrainingRun trained = train(logistic(FEATURES), blocks, on(run, "complete", ALGORITHM));

    assertThat(trained.updates()).isEqualTo(31);
    assertThat(trained.weights())
        .as("seed %d", SEED)
        .containsExactly(serialSgd(logistic(FEATURES), blocks.get(0), run, trained.updates()));
  }

  @Test
  void aSlowNodeHoldsNobodyUp() {
    List<ExampleBlock> blocks = GeneratedData.logistic(8, 40, FEATURES, SEED);
    RunSettings run =
        settings(8, 40, 10, 0.05, new Sgd(), null)
            .withStragglers(Stragglers.of(10_000_000, false, Map.of(3, 10.0), SEED));
    TrainingRun trained = train(logistic(FEATURES), blocks, on(run, "exponential", ALGORITHM));

    // Fast nodes hardly wait: they go at the pace they would have among themselves. In rounds they
    // would wait nine times as long as they compute ...
    List<WorkerActivity> nodes = trained.workers();
    long fastest = 0;
    for (WorkerActivity node : nodes) {
      fastest = Math.max(fastest, node.batches());
      if (node.worker() != 3) {
        assertThat(node.waitSeconds() / node.computeSeconds()).as("%s", node).isLessThan(0.5);
      }
    }
    // ... so that all together are as fast as CHECKS 8 says, (n - 1 + 1/k)/n; rounds fall to 1/k.
    assertThat(trained.updates()).isEqualTo(1280);
    assertThat((double) trained.updates() / (8 * fastest)).isCloseTo(0.8875, within(0.08875));
    assertThat((double) nodes.get(3).batches() / fastest).isCloseTo(0.1, within(0.04));
  }

  @Test
  void aTargetEndsTheRunBetweenSegmentsAndStatesGoOn() {
    List<ExampleBlock> blocks = GeneratedData.logistic(4, 60, FEATURES, SEED);
    Adam adam = new Adam(0.9, 0.999);
    TrainingRun unreached =
        train(
            logistic(FEATURES),
            blocks,
            on(settings(4, 20, 6, 0.02, adam, -1.0), "ring", ALGORITHM));
    TrainingRun reached =
        train(
            logistic(FEATURES),
            blocks,
            on(settings(4, 20, 6, 0.02, adam, 0.55), "ring", ALGORITHM));

    assertThat(unreached.stopReason()).isEqualTo(StopReason.COMPLETED);
    assertThat(unreached.updates()).isEqualTo(20 * 40);
    assertThat(unreached.finalObjective()).isLessThan(0.55);
    assertThat(reached.stopReason()).isEqualTo(StopReason.TARGET_REACHED);
    assertThat(reached.finalObjective()).isLessThanOrEqualTo(0.55);
    assertThat(reached.updates()).isLessThan(20 * 40);
  }

  @Test
  void tooLargeAStepDivergesAndSaysSo() {
    RunSettings run = settings(4, 5000, 0, 1e3, new Sgd(), null);
    TrainingRun trained =
        train(squaredInOneDimension(), oneTargetEach(4), on(run, "ring", ALGORITHM));

    assertThat(trained.stopReason()).isEqualTo(StopReason.DIVERGED);
    assertThat(trained.divergedAtUpdate()).isBetween(50L, 20_000L);
  }

  @Test
  void aNodeWhoseTaskFailsOnceRejoinsWithItsNeighboursWeights() {
    List<ExampleBlock> blocks = GeneratedData.logistic(8, 100, FEATURES, SEED);
    ReferenceOptimum optimum = ReferenceOptimum.minimise(new LogisticLoss(), 1e-3, true, blocks);
    RunSettings run =
        settings(8, 60, 20, 0.2, new Sgd(), null)
            .withStragglers(Stragglers.of(3_000_000, false, Map.of(), SEED));
    Objective failing =
        new Objective(new LinearModel(FailingOnceLoss.after(20_000), FEATURES, true), 1e-3);
    TrainingRun trained = train(failing, blocks, on(run, "exponential", ALGORITHM));

    assertThat(trained.settings().get("rejoined-nodes")).isNotNull();
    assertThat(trained.settings().get("missed-nodes")).isNotNull();
    assertThat(trained.updates()).isEqualTo(60 * 40);
    assertThat(trained.finalObjective() - optimum.objective()).isBetween(-1e-9, 1e-3);
  }

  @Test
  void aNodeThatFailsForGoodEndsTheRunWithItsName() {
    RunSettings run =
        settings(4, 5000, 0, 0.1, new Sgd(), null)
            .withStragglers(Stragglers.of(1_000_000, false, Map.of(), SEED));
    Objective failing = new Objective(new LinearModel(new FailingLoss(3), 1, false), 0);

    assertThatThrownBy(() -> train(failing, oneTargetEach(4), on(run, "ring", ALGORITHM)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("node 3: ")
        .hasMessageContaining("this node breaks down on purpose");
  }

  @Test
  void graphInTwoPartsIsRefusedUnlessAllowed() {
    RunSettings run = settings(4, 100, 0, 0.1, new Sgd(), null);
    var parts = TopologyFile.parse("parts", List.of("0 1", "2 3"), 4);
    GossipSettings settings = on(run, parts, ALGORITHM);

    assertThatThrownBy(() -> train(squaredInOneDimension(), oneTargetEach(4), settings))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("parts has 2 components");

    GossipRun trained =
        trainNodes(
            squaredInOneDimension(),
            oneTargetEach(4),
            new GossipSettings(run, parts, settings.mixing(), settings.algorithm(), true));
    assertThat(trained.component()[0]).isEqualTo(trained.component()[1]);
    assertThat(trained.component()[0]).isNotEqualTo(trained.component()[2]);
    assertThat(trained.componentMeans()).hasSize(2);
  }

  private static TracePoint last(TrainingRun run) {
    return run.trace().get(run.trace().size() - 1);
  }

  private static TrainingRun train(
      Objective objective, List<ExampleBlock> blocks, GossipSettings settings) {
    return trainNodes(objective, blocks, settings).run();
  }

  private static GossipRun trainNodes(
      Objective objective, List<ExampleBlock> blocks, GossipSettings settings) {
    TrainingData data = DataLoader.fromBlocks(SparkSessions.local2Context(), blocks);
    try {
      return new GossipTrainer().trainNodes(objective, data, settings, ProgressListener.SILENT);
    } finally {
      data.blocks().unpersist();
    }
  }
}
