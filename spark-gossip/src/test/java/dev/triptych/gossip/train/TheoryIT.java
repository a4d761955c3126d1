package dev.triptych.gossip.train;

import static dev.triptych.gossip.train.GossipProblems.SEED;
import static dev.triptych.gossip.train.GossipProblems.oneTargetEach;
import static dev.triptych.gossip.train.GossipProblems.settings;
import static dev.triptych.gossip.train.GossipProblems.squaredInOneDimension;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.TracePoint;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.gossip.algorithm.GossipAlgorithms;
import dev.triptych.gossip.mixing.MixingRules;
import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.gossip.mixing.MixingSequences;
import dev.triptych.gossip.topology.Topologies;
import dev.triptych.gossip.topology.Topology;
import dev.triptych.gossip.topology.TopologyFile;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.data.DataLoader;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.testing.SparkSessions;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** CHECKS 1 to 6 held by the real trainer on Spark, not only by the pure core. */
@Timeout(120)
class TheoryIT {
  /** Rounds after which only the slowest mode is left, and few enough for double precision. */
  private static final double SETTLED = 1e-7;

  @ParameterizedTest
  @CsvSource({
    "ring,8,.19526215",
    "path,8,.05074698",
    "star,8,.125",
    "hypercube,8,.5",
    "exponential,8,.5",
    "ring,16,.05074698",
    "torus,16,.4",
    "hypercube,16,.4",
    "exponential,16,.4",
  })
  void consensusDistanceShrinksAsTheSpectralGapPredicts(String graph, int nodes, double gap) {
    Topology topology = Topologies.byName(graph, nodes);
    MixingSequence mixing =
        MixingSequence.constant(MixingRules.defaultFor(topology).weights(topology));
    int rounds = (int) Math.ceil(Math.log(SETTLED) / Math.log(1 - gap));
    GossipRun first = average(topology, mixing, "dpsgd-atc", rounds, randomStart(nodes));

    // No start shrinks more slowly than predicted; the one that is left at the end does so exactly.
    List<Double> ratios = ratios(first.run());
    assertThat(ratios).hasSize(rounds).allMatch(ratio -> ratio <= (1 - gap) * (1 + 1e-6));
    assertThat(ratios.get(rounds - 1)).isCloseTo(1 - gap, within(0.02 * (1 - gap)));

    double[][] slowest = first.nodeWeights();
    double mean = first.run().weights()[0];
    for (double[] weights : slowest) {
      weights[0] = (weights[0] - mean) / SETTLED;
    }
    GossipRun second = average(topology, mixing, "dpsgd", Math.min(rounds, 30), slowest);
    assertThat(ratios(second.run()))
        .allSatisfy(ratio -> assertThat(ratio).isCloseTo(1 - gap, within(0.02 * (1 - gap))));
  }

  @ParameterizedTest
  @CsvSource({
    "one-peer-exponential,8,3",
    "one-peer-exponential,16,4",
    "base-k,3,3",
    "base-k,5,5",
    "base-k,6,4",
    "base-k,7,5",
    "base-k,9,7",
    "base-k,10,6",
    "base-k,12,5",
  })
  void finiteTimeGraphsReachConsensusInExactlyThePredictedRounds(
      String graph, int nodes, int predicted) {
    MixingSequence mixing = MixingSequences.byName(graph, nodes);
    GossipRun run = average(mixing.union(graph), mixing, "dpsgd", predicted, randomStart(nodes));

    List<TracePoint> trace = run.run().trace();
    assertThat(trace).hasSize(predicted + 1);
    double start = distance(trace.get(0));
    assertThat(distance(trace.get(predicted - 1)) / start).isGreaterThan(1e-3);
    assertThat(distance(trace.get(predicted)) / start).isLessThan(1e-12);
  }

  @Test
  void onePeerExponentialIsNotExactOnOtherSizes() {
    MixingSequence mixing = MixingSequences.byName("one-peer-exponential", 6);
    GossipRun run =
        average(mixing.union("one-peer-exponential"), mixing, "dpsgd", 3, randomStart(6));

    // CHECKS 2: ‖P − J‖ after three rounds is .2165, the most that any start keeps.
    List<TracePoint> trace = run.run().trace();
    assertThat(distance(trace.get(3)) / distance(trace.get(0))).isBetween(1e-3, 0.2166);
  }

  @Test
  void pushSumReachesTheMeanOnTheDirectedGraphWhereRowStochasticAveragingIsBiased() {
    Topology graph =
        TopologyFile.parse("directed", List.of("# directed", "0 1", "0 2", "1 2", "2 0"), 3);
    MixingSequence mixing =
        MixingSequence.constant(MixingRules.byName("column-stochastic").weights(graph));
    GossipRun run = average(graph, mixing, "push-sum", 200, new double[][] {{0}, {3}, {9}});

    assertThat(List.of(run.nodeWeights()))
        .allSatisfy(x -> assertThat(x).containsExactly(new double[] {4}, within(1e-8)));
  }

  @ParameterizedTest
  @CsvSource({
    "gradient-tracking,ring",
    "gradient-tracking,exponential",
    "gradient-tracking,complete",
    "extra,ring",
    "extra,complete",
    "d2,ring",
    "d2,complete",
  })
  void correctedGossipHasNoBiasAtAConstantStep(String algorithm, String graph) {
    Topology topology = Topologies.byName(graph, 8);
    String rule = graph.equals("ring") ? "lazy-metropolis" : "uniform";
    GossipSettings settings =
        new GossipSettings(
            settings(8, 1500, 0, 0.1, new Sgd(), null),
            topology,
            MixingRules.byName(rule).weights(topology),
            GossipAlgorithms.byName(algorithm),
            false);
    GossipRun run = train(squaredInOneDimension(), oneTargetEach(8), settings, null);

    assertThat(List.of(run.nodeWeights()))
        .allSatisfy(x -> assertThat(x).containsExactly(new double[] {3.5}, within(1e-10)));
  }

  @Test
  void noiseOfTheMeanShrinksWithTheNumberOfNodesWhateverTheGraph() {
    int nodes = 8;
    int rounds = 8000;
    double step = 0.5;
    SplittableRandom random = new SplittableRandom(SEED);
    List<ExampleBlock> blocks = new ArrayList<>();
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < nodes; i++) {
      double[] ones = new double[rounds];
      double[] targets = new double[rounds];
      for (int r = 0; r < rounds; r++) {
        ones[r] = 1;
        targets[r] = random.nextGaussian();
        sum += targets[r];
        squares += targets[r] * targets[r];
      }
      blocks.add(ExampleBlock.dense(1, targets, ones));
    }
    double mean = sum / (nodes * rounds);
    double variance = squares / (nodes * rounds) - mean * mean;

    // One pass, one example a step: the gradients' noise is drawn anew in every round.
    RunSettings run = withSnapshots(settings(nodes, 1, 1, step, new Sgd(), null), rounds / 8);
    List<Double> measured = new ArrayList<>();
    for (String graph : List.of("ring", "exponential", "complete")) {
      TrainingRun trained =
          train(squaredInOneDimension(), blocks, GossipProblems.on(run, graph, "dpsgd"), null)
              .run();
      // F(x̄) = ½(x̄ − mean)² + ½ variance; the first points still remember the start.
      double total = 0;
      List<TracePoint> trace = trained.trace().subList(20, trained.trace().size());
      for (TracePoint point : trace) {
        total += 2 * point.objective() - variance;
      }
      measured.add(total / trace.size());
    }
    double expected = step * variance / (nodes * (2 - step));
    assertThat(measured)
        .as("seed %d", SEED)
        .allSatisfy(found -> assertThat(found).isCloseTo(expected, within(0.15 * expected)))
        .allSatisfy(found -> assertThat(found).isCloseTo(measured.get(0), within(1e-9)));
  }

  /** Averaging only: examples without features have no gradients. */
  private static GossipRun average(
      Topology topology, MixingSequence mixing, String algorithm, int rounds, double[][] start) {
    List<ExampleBlock> blocks = new ArrayList<>();
    for (int i = 0; i < start.length; i++) {
      blocks.add(ExampleBlock.dense(1, new double[] {0}, new double[] {0}));
    }
    RunSettings run =
        withSnapshots(settings(start.length, rounds, 0, 0.1, new Sgd(), null), Math.max(4, rounds));
    return train(
        squaredInOneDimension(),
        blocks,
        new GossipSettings(run, topology, mixing, GossipAlgorithms.byName(algorithm), false),
        start);
  }

  private static GossipRun train(
      Objective objective, List<ExampleBlock> blocks, GossipSettings settings, double[][] start) {
    TrainingData data = DataLoader.fromBlocks(SparkSessions.local2Context(), blocks);
    try {
      GossipTrainer trainer = new GossipTrainer();
      return start == null
          ? trainer.trainNodes(objective, data, settings, ProgressListener.SILENT)
          : trainer.trainNodesFrom(start, objective, data, settings, ProgressListener.SILENT);
    } finally {
      data.blocks().unpersist();
    }
  }

  private static RunSettings withSnapshots(RunSettings run, int snapshots) {
    return new RunSettings(
        run.numWorkers(),
        run.epochs(),
        run.batchSize(),
        run.stepSize(),
        run.optimizer(),
        run.target(),
        run.seed(),
        run.stragglers(),
        run.maxWait(),
        snapshots);
  }

  private static double[][] randomStart(int nodes) {
    SplittableRandom random = new SplittableRandom(SEED);
    double[][] start = new double[nodes][1];
    for (double[] weights : start) {
      weights[0] = random.nextDouble(-1, 1);
    }
    return start;
  }

  /** Distance after each round over the distance before it. */
  private static List<Double> ratios(TrainingRun run) {
    List<Double> ratios = new ArrayList<>();
    for (int t = 1; t < run.trace().size(); t++) {
      ratios.add(distance(run.trace().get(t)) / distance(run.trace().get(t - 1)));
    }
    return ratios;
  }

  private static double distance(TracePoint point) {
    Double distance = point.consensusDistance();
    assertThat(distance).isNotNull();
    return distance;
  }
}
