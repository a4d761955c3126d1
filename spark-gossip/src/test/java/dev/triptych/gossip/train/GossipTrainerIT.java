package dev.triptych.gossip.train;

import static dev.triptych.gossip.train.GossipProblems.SEED;
import static dev.triptych.gossip.train.GossipProblems.logistic;
import static dev.triptych.gossip.train.GossipProblems.meanSquaredError;
import static dev.triptych.gossip.train.GossipProblems.on;
import static dev.triptych.gossip.train.GossipProblems.oneTargetEach;
import static dev.triptych.gossip.train.GossipProblems.serialSgd;
import static dev.triptych.gossip.train.GossipProblems.settings;
import static dev.triptych.gossip.train.GossipProblems.squaredInOneDimension;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.BatchSampler;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Adam;
import dev.triptych.core.optimizer.Momentum;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TracePoint;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.gossip.mixing.MixingRules;
import dev.triptych.gossip.topology.Topologies;
import dev.triptych.gossip.topology.Topology;
import dev.triptych.gossip.topology.TopologyFile;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.data.DataLoader;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.testing.GeneratedData;
import dev.triptych.testing.SparkSessions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The decentralized trainer on a real Spark with two task slots. */
@Timeout(120)
class GossipTrainerIT {
  private static final int FEATURES = 6;

  @ParameterizedTest
  @CsvSource({
    "dpsgd,ring,.41368100", "dpsgd,exponential,.05626911", "dpsgd,complete,.04338843",
    "dpsgd-atc,ring,.29333262", "dpsgd-atc,exponential,.01266923", "dpsgd-atc,complete,0",
  })
  void constantStepLeavesThePublishedBias(String algorithm, String graph, double expected) {
    RunSettings run = settings(8, 300, 0, 0.1, new Sgd(), null);
    GossipRun trained =
        trainNodes(squaredInOneDimension(), oneTargetEach(8), on(run, graph, algorithm));

    assertThat(trained.run().updates()).isEqualTo(300);
    assertThat(trained.run().weights()[0]).isCloseTo(3.5, within(1e-6));
    assertThat(meanSquaredError(trained.nodeWeights())).isCloseTo(expected, within(1e-6));
    Double distance = trained.run().consensusDistance();
    assertThat(distance).isNotNull();
    assertThat(distance * distance).isCloseTo(expected, within(1e-6));
  }

  @Test
  void everyNodeSendsItsDegreeTimesTheModelInEveryRound() {
    List<ExampleBlock> blocks = GeneratedData.logistic(8, 20, 9, SEED);
    GossipProblems.payloadIsDegreeTimesModel(
        (objective, settings) -> train(objective, blocks, settings));
  }

  @Test
  void oneWorkerIsSerialSgdBitForBit() {
    List<ExampleBlock> blocks = GeneratedData.logistic(1, 103, FEATURES, SEED);
    Objective objective = logistic(FEATURES);
    for (Optimizer optimizer : List.of(new Sgd(), new Momentum(0.9), new Adam(0.9, 0.999))) {
      for (String algorithm : List.of("dpsgd", "dpsgd-atc")) {
        RunSettings run = settings(1, 3, 10, 0.3, optimizer, null);
        TrainingRun trained = train(objective, blocks, on(run, "ring", algorithm));

        assertThat(trained.weights())
            .as("seed %d, %s, %s", SEED, optimizer.name(), algorithm)
            .containsExactly(serialSgd(objective, blocks.get(0), run, trained.updates()));
      }
    }
  }

  @Test
  void adaptThenCombineOnTheCompleteGraphIsSynchronousMiniBatchSgd() {
    List<ExampleBlock> blocks = GeneratedData.logistic(5, 40, FEATURES, SEED);
    Objective objective = logistic(FEATURES);
    RunSettings run = settings(5, 4, 8, 0.5, new Sgd(), null);
    TrainingRun trained = train(objective, blocks, on(run, "complete", "dpsgd-atc"));

    assertThat(trained.updates()).isEqualTo(20);
    assertThat(trained.weights())
        .as("seed %d", SEED)
        .containsExactly(averagedSgd(objective, blocks, run, 20), within(1e-12));
  }

  @Test
  void sameSettingsGiveTheSameBits() {
    List<ExampleBlock> blocks = GeneratedData.logistic(8, 30, FEATURES, SEED);
    GossipSettings settings =
        on(settings(8, 5, 4, 0.3, new Momentum(0.9), null), "exponential", "dpsgd");

    GossipRun first = trainNodes(logistic(FEATURES), blocks, settings);
    GossipRun second = trainNodes(logistic(FEATURES), blocks, settings);

    assertThat(second.nodeWeights()).isDeepEqualTo(first.nodeWeights());
    assertThat(second.run().weights()).containsExactly(first.run().weights());
  }

  @Test
  void traceFollowsEpochsClockAndBytes() {
    int workers = 8;
    List<ExampleBlock> blocks = GeneratedData.logistic(workers, 50, FEATURES, SEED);
    RunSettings run = settings(workers, 6, 10, 0.3, new Sgd(), null);
    TrainingRun trained = train(logistic(FEATURES), blocks, on(run, "ring", "dpsgd"));

    long messageBytes = 8L * (FEATURES + 1);
    assertThat(trained.stopReason()).isEqualTo(StopReason.COMPLETED);
    assertThat(trained.updates()).isEqualTo(30);
    assertThat(trained.batches()).isEqualTo(30 * workers);
    // CHECKS 10: degree * M per node and round.
    assertThat(trained.bytesSent()).isEqualTo(30 * workers * 2 * messageBytes);
    assertThat(trained.bytesReceived()).isEqualTo(trained.bytesSent());
    assertThat(trained.trace()).hasSizeGreaterThanOrEqualTo(20);
    TracePoint start = trained.trace().get(0);
    assertThat(start.updates()).isZero();
    assertThat(start.bytes()).isZero();
    assertThat(start.objective()).isCloseTo(Math.log(2), within(1e-12));
    assertThat(start.consensusDistance()).isZero();
    for (int i = 1; i < trained.trace().size(); i++) {
      TracePoint point = trained.trace().get(i);
      TracePoint before = trained.trace().get(i - 1);
      assertThat(point.updates()).isGreaterThan(before.updates());
      assertThat(point.seconds()).isGreaterThanOrEqualTo(before.seconds());
      assertThat(point.epochs()).isCloseTo(point.updates() * 0.2, within(1e-12));
      assertThat(point.bytes()).isEqualTo(point.updates() * workers * 2 * messageBytes);
    }
    TracePoint end = trained.trace().get(trained.trace().size() - 1);
    assertThat(end.updates()).isEqualTo(30);
    assertThat(end.objective()).isLessThan(0.6);
    assertThat(trained.trainSeconds()).isGreaterThanOrEqualTo(end.seconds());
    assertThat(trained.workers()).hasSize(workers).allMatch(worker -> worker.batches() == 30);
    assertThat(trained.settings()).containsEntry("topology", "ring").containsEntry("tasks", "2");
  }

  @Test
  void targetStopsTheRunAndSegmentsDoNotChangeTheWeights() {
    List<ExampleBlock> blocks = GeneratedData.logistic(4, 60, FEATURES, SEED);
    Objective objective = logistic(FEATURES);
    Optimizer optimizer = new Adam(0.9, 0.999);
    GossipSettings free = on(settings(4, 10, 6, 0.05, optimizer, null), "ring", "dpsgd");
    TrainingRun whole = train(objective, blocks, free);
    TracePoint middle = whole.trace().get(whole.trace().size() / 2);

    TrainingRun unreached =
        train(objective, blocks, on(settings(4, 10, 6, 0.05, optimizer, -1.0), "ring", "dpsgd"));
    TrainingRun reached =
        train(
            objective,
            blocks,
            on(settings(4, 10, 6, 0.05, optimizer, middle.objective()), "ring", "dpsgd"));

    assertThat(unreached.stopReason()).isEqualTo(StopReason.COMPLETED);
    assertThat(unreached.weights()).containsExactly(whole.weights());
    assertThat(unreached.bytesSent()).isEqualTo(whole.bytesSent());
    assertThat(unreached.trace())
        .extracting(TracePoint::updates)
        .isSorted()
        .doesNotHaveDuplicates();
    assertThat(reached.stopReason()).isEqualTo(StopReason.TARGET_REACHED);
    assertThat(reached.finalObjective()).isLessThanOrEqualTo(middle.objective() + 1e-3);
    assertThat(reached.updates()).isLessThan(whole.updates());
    assertThat(reached.secondsTo(middle.objective())).isNotNull();
  }

  @Test
  void tooLargeAStepDivergesAndSaysWhen() {
    RunSettings run = settings(4, 5000, 0, 1e3, new Sgd(), null);
    TrainingRun trained =
        train(squaredInOneDimension(), oneTargetEach(4), on(run, "ring", "dpsgd"));

    assertThat(trained.stopReason()).isEqualTo(StopReason.DIVERGED);
    // |x| grows a thousandfold per round: past 1e308 after about 103 rounds.
    assertThat(trained.divergedAtUpdate()).isBetween(95L, 115L);
    assertThat(trained.trace()).isNotEmpty();
    assertThat(trained.updates()).isEqualTo(trained.divergedAtUpdate());
  }

  @Test
  void graphInTwoPartsIsRefusedUnlessAllowedAndThenEachPartReachesItsOwnConsensus() {
    Topology parts =
        TopologyFile.parse(
            "parts", List.of("0 1", "1 2", "2 0", "3 4", "4 5", "5 6", "6 7", "7 3"), 8);
    RunSettings run = settings(8, 400, 0, 0.1, new Sgd(), null);
    GossipSettings settings = on(run, parts, "dpsgd-atc");

    assertThatThrownBy(() -> train(squaredInOneDimension(), oneTargetEach(8), settings))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("parts has 2 components")
        .hasMessageContaining("--allow-disconnected");

    GossipRun trained =
        trainNodes(
            squaredInOneDimension(),
            oneTargetEach(8),
            new GossipSettings(run, parts, settings.mixing(), settings.algorithm(), true));
    List<Double> means =
        new ArrayList<>(trained.componentMeans().stream().map(mean -> mean[0]).toList());
    Collections.sort(means);
    assertThat(means.get(0)).isCloseTo(1, within(1e-6));
    assertThat(means.get(1)).isCloseTo(5, within(1e-6));
    for (double distance : trained.componentDistances()) {
      assertThat(distance).isLessThan(0.5);
    }
    assertThat(trained.run().consensusDistance()).isGreaterThan(1.9);
    assertThat(trained.run().settings().get("no-consensus")).contains("2 components");
  }

  @Test
  void evenRingWithoutSelfLoopsIsRefused() {
    Topology ring = Topologies.ring(4);
    GossipSettings settings =
        new GossipSettings(
            settings(4, 10, 0, 0.1, new Sgd(), null),
            ring,
            MixingRules.byName("uniform-without-self").weights(ring),
            on(settings(4, 1, 0, 0.1, new Sgd(), null), ring, "dpsgd").algorithm(),
            false);

    assertThatThrownBy(() -> train(squaredInOneDimension(), oneTargetEach(4), settings))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is periodic")
        .hasMessageContaining("add a self-loop");
  }

  @Test
  void graphOfAnotherSizeIsRefused() {
    assertThatThrownBy(
            () -> on(settings(4, 1, 0, 0.1, new Sgd(), null), Topologies.ring(5), "dpsgd"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("5 nodes and there are 4 workers");
  }

  private static TrainingRun train(
      Objective objective, List<ExampleBlock> blocks, GossipSettings settings) {
    TrainingData data = DataLoader.fromBlocks(SparkSessions.local2Context(), blocks);
    try {
      return new GossipTrainer().train(objective, data, settings, ProgressListener.SILENT);
    } finally {
      data.blocks().unpersist();
    }
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

  /** Synchronous mini-batch SGD: one step along the mean of the workers' gradients. */
  private static double[] averagedSgd(
      Objective objective, List<ExampleBlock> blocks, RunSettings run, long steps) {
    int length = objective.model().numParameters();
    double[] weights = new double[length];
    for (long step = 0; step < steps; step++) {
      double[] mean = new double[length];
      for (int i = 0; i < blocks.size(); i++) {
        ExampleBlock block = blocks.get(i);
        BatchSampler sampler = new BatchSampler(block.numRows(), run.batchSize(), run.seed(), i);
        int from = sampler.seek(step);
        double[] gradient = new double[length];
        objective.batchGradient(
            block, sampler.rows(), from, from + sampler.batchSize(), weights, gradient);
        for (int j = 0; j < length; j++) {
          mean[j] += gradient[j] / blocks.size();
        }
      }
      for (int j = 0; j < length; j++) {
        weights[j] -= run.stepSize().at(0) * mean[j];
      }
    }
    return weights;
  }
}
