package dev.triptych.simulation.gossip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.optimizer.Momentum;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.gossip.algorithm.GossipAlgorithms;
import dev.triptych.gossip.algorithm.RoundAlgorithm;
import dev.triptych.gossip.membership.Epoch;
import dev.triptych.gossip.mixing.MixingRules;
import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.gossip.mixing.MixingSequences;
import dev.triptych.gossip.topology.Topologies;
import dev.triptych.gossip.topology.Topology;
import dev.triptych.simulation.Faults;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Messages are lost, repeated, late and in disorder, connections break, tasks die, come back or
 * stand still: no round is other than it should be, and every run ends.
 */
class GossipUnderFaultsTest {
  private static final int SEEDS = 300;
  private static final long LATENCY = 400_000;
  private static final long SECOND = 1_000_000_000;
  private static final long BOUND = 60 * SECOND;
  private static final List<String> GRAPHS =
      List.of("ring", "path", "exponential", "complete", "one-peer-exponential", "base-k");

  @Test
  void whatTheNetworkDoesToMessagesChangesNoBit() {
    for (long seed = 0; seed < SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      List<String> algorithms =
          GossipAlgorithms.names().stream()
              .filter(name -> GossipAlgorithms.byName(name) instanceof RoundAlgorithm)
              .toList();
      String algorithm = algorithms.get(random.nextInt(algorithms.size()));
      String graph = GRAPHS.get(random.nextInt(GRAPHS.size()));
      Scenario scenario = scenario(random, graph, algorithm, 3 + random.nextInt(6), 0.5, 30);
      GossipSimulation calm = calm(scenario, random);
      calm.run(BOUND);
      GossipSimulation faulty = faulty(scenario, random);
      faulty.run(BOUND);

      assertThat(faulty.epochs().notes()).as("seed %d: nobody was lost", seed).isEmpty();
      for (int node = 0; node < scenario.numNodes(); node++) {
        assertThat(faulty.weights(node))
            .as("seed %d: %s: node %d", seed, faulty.faultsSoFar(), node)
            .containsExactly(calm.weights(node));
      }
    }
  }

  @Test
  void averagingAloneConservesTheMeanWhateverIsLostOnTheWay() {
    for (long seed = 0; seed < SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Scenario scenario = scenario(random, 0, 30);
      GossipSimulation faulty = faulty(scenario, random);
      faulty.run(BOUND);

      double[] before = mean(scenario.starts());
      for (long round = 1; round <= scenario.numRounds(); round++) {
        assertThat(mean(faulty.after(1, round)))
            .as("seed %d: round %d", seed, round)
            .containsExactly(before, within(1e-12));
      }
    }
  }

  @Test
  void pushSumsMassIsConservedAndALostPartOfItIsMissedAndSentAgain() {
    int[][] edges = {{1, 2}, {2}, {0}};
    MixingSequence mixing =
        MixingSequence.constant(
            MixingRules.byName("column-stochastic").weights(Topology.of("directed", edges)));
    double[][] starts = {{0}, {3}, {9}};
    for (long seed = 0; seed < SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      RoundAlgorithm pushSum = (RoundAlgorithm) GossipAlgorithms.byName("push-sum");
      Scenario scenario = new Scenario(mixing, pushSum, new Sgd(), starts, 0, 1, 80);
      GossipSimulation faulty = faulty(scenario, random);
      faulty.run(BOUND);

      assertThat(faulty.numSentAgain()).as("seed %d", seed).isPositive();
      for (long round = 0; round < scenario.numRounds(); round++) {
        // What the nodes have sent each other and kept: values, and push weights as the last.
        double[][] sent = faulty.sent(1, round);
        assertThat(sum(sent, 0)).as("seed %d: values", seed).isCloseTo(12, within(1e-12));
        assertThat(sum(sent, 1)).as("seed %d: weights", seed).isCloseTo(3, within(1e-12));
      }
      for (int node = 0; node < 3; node++) {
        assertThat(faulty.weights(node))
            .as("seed %d", seed)
            .containsExactly(new double[] {4}, within(1e-10));
      }
    }
  }

  @Test
  void survivorsAndThoseWhoComeBackAgree() {
    long numEpochs = 0;
    long numBack = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Scenario scenario = scenario(random, 0, 400);
      int numNodes = scenario.numNodes();
      GossipSimulation simulation = faulty(scenario, random);
      for (int crash = 0; crash < 4; crash++) {
        int node = random.nextInt(numNodes);
        long at = random.nextLong(5_000_000, SECOND / 4);
        if (random.nextInt(4) == 0) {
          simulation.freeze(node, at, at + random.nextLong(SECOND / 2));
        } else {
          Long back = at + random.nextLong(20_000_000, SECOND / 2);
          simulation.crash(node, at, random.nextBoolean(), back);
        }
      }
      simulation.run(BOUND);

      String what = "seed %d: %s".formatted(seed, simulation.epochs().notes());
      assertThat(simulation.epochs().stopReason()).as(what).isNull();
      Epoch last = simulation.epochs().epoch();
      assertThat(last).as(what).isNotNull();
      assertThat(last.mixing(scenario.mixing()).isDoublyStochastic()).as(what).isTrue();
      assertConsensus(simulation, last, scenario.numRounds(), what);
      numEpochs += last.number();
      numBack +=
          simulation.epochs().notes().stream().filter(note -> note.contains(" back with")).count();
    }
    assertThat(numEpochs).as("epochs, so that nodes really died").isGreaterThan(2 * SEEDS);
    assertThat(numBack).as("nodes that came back").isGreaterThan(SEEDS / 2);
  }

  /** The last epoch keeps the mean of its members and brings them to it. */
  private static void assertConsensus(
      GossipSimulation simulation, Epoch epoch, long numRounds, String what) {
    double[][] first = membersOf(epoch, simulation.after(epoch.number(), epoch.firstRound() + 1));
    double[][] last = membersOf(epoch, simulation.after(epoch.number(), numRounds));
    // A node that died before the end of the run, when others had finished, is missing.
    if (first.length == epoch.members().size() && last.length == first.length) {
      assertThat(mean(last)).as(what).containsExactly(mean(first), within(1e-11));
      assertThat(distance(last)).as(what).isLessThan(distance(first) + 1e-12);
      if (numRounds - epoch.firstRound() > 200) {
        assertThat(distance(last)).as(what).isLessThan(1e-3);
      }
    }
  }

  @Test
  void aPathThatLosesItsMiddleForGoodStopsWithTheReason() {
    for (long seed = 0; seed < SEEDS / 3; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Scenario scenario = scenario(random, "path", 5, 0, 400);
      GossipSimulation simulation = faulty(scenario, random);
      simulation.crash(2, random.nextLong(20_000_000, SECOND / 4), random.nextBoolean(), null);
      simulation.run(BOUND);

      assertThat(simulation.epochs().stopReason())
          .as("seed %d", seed)
          .startsWith("without nodes [2] the graph falls apart into [[0, 1], [3, 4]]");
    }
  }

  @Test
  void aPartitionIsReportedAsSuch() {
    for (long seed = 0; seed < SEEDS / 3; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Scenario scenario = scenario(random, "ring", 6, 0, 400);
      Faults good = Faults.none(random.split(), LATENCY);
      long at = random.nextLong(20_000_000, SECOND / 4);
      // Nodes 0 to 2 and 3 to 5 lose each other, the driver (the last address) reaches all.
      Faults parted =
          new Faults(
              (from, to, now) -> now > at && from < 6 && to < 6 && (from < 3) != (to < 3),
              good.repetition(),
              good.delay(),
              good.overtaking(),
              good.cut());
      GossipSimulation simulation =
          new GossipSimulation(scenario, parted, random.split(), 5 * SECOND);
      simulation.run(BOUND);

      assertThat(simulation.epochs().stopReason())
          .as("seed %d", seed)
          .startsWith("network partition: nodes [")
          .endsWith("although the driver reaches both");
    }
  }

  @Test
  void exactAlgorithmsReachTheMinimumAtEveryNodeThoughTasksDieAndComeBack() {
    List<String> exact = List.of("gradient-tracking", "extra", "d2");
    long numBack = 0;
    for (long seed = 0; seed < SEEDS / 3; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      String graph = random.nextBoolean() ? "complete" : "ring";
      String algorithm = exact.get((int) (seed % exact.size()));
      Scenario scenario = scenario(random, graph, algorithm, 5, 1, 800);
      GossipSimulation simulation = faulty(scenario, random);
      long at = random.nextLong(20_000_000, SECOND / 4);
      simulation.crash(random.nextInt(5), at, true, at + 100_000_000);
      simulation.run(BOUND);

      String what = "seed %d, %s: %s".formatted(seed, algorithm, simulation.epochs().notes());
      numBack += simulation.epochs().notes().stream().filter(n -> n.contains(" back with")).count();
      for (int node = 0; node < 5; node++) {
        assertThat(simulation.weights(node))
            .as(what)
            .containsExactly(mean(scenario.starts()), within(1e-8));
      }
    }
    assertThat(numBack).as("nodes that came back").isGreaterThan(SEEDS / 4);
  }

  private static Scenario scenario(SplittableRandom random, double curvature, long numRounds) {
    String graph = GRAPHS.get(random.nextInt(GRAPHS.size()));
    return scenario(random, graph, 3 + random.nextInt(6), curvature, numRounds);
  }

  private static Scenario scenario(
      SplittableRandom random, String graph, int numNodes, double curvature, long numRounds) {
    String algorithm = random.nextBoolean() ? "dpsgd" : "dpsgd-atc";
    return scenario(random, graph, algorithm, numNodes, curvature, numRounds);
  }

  private static Scenario scenario(
      SplittableRandom random,
      String graph,
      String algorithm,
      int numNodes,
      double curvature,
      long numRounds) {
    double[][] starts = new double[numNodes][];
    for (int node = 0; node < numNodes; node++) {
      starts[node] = random.doubles(3, -1, 1).toArray();
    }
    return new Scenario(
        mixing(graph, numNodes),
        (RoundAlgorithm) GossipAlgorithms.byName(algorithm),
        new Momentum(0.5),
        starts,
        curvature,
        0.05,
        numRounds);
  }

  private static MixingSequence mixing(String graph, int numNodes) {
    if (MixingSequences.isName(graph)) {
      return MixingSequences.byName(graph, numNodes);
    }
    Topology topology = Topologies.byName(graph, numNodes);
    return MixingSequence.constant(MixingRules.defaultFor(topology).weights(topology));
  }

  private static GossipSimulation calm(Scenario scenario, SplittableRandom random) {
    return new GossipSimulation(
        scenario, Faults.none(random.split(), LATENCY), random.split(), 5 * SECOND);
  }

  private static GossipSimulation faulty(Scenario scenario, SplittableRandom random) {
    return new GossipSimulation(
        scenario,
        Faults.seeded(random.split(), LATENCY, 0.15, SECOND / 2),
        random.split(),
        5 * SECOND);
  }

  private static double[][] membersOf(Epoch epoch, double[][] weights) {
    return epoch.members().stream()
        .map(node -> weights[node])
        .filter(Objects::nonNull)
        .toArray(double[][]::new);
  }

  private static double[] mean(double[][] vectors) {
    double[] mean = new double[vectors[0].length];
    for (int p = 0; p < mean.length; p++) {
      mean[p] = sum(vectors, p) / vectors.length;
    }
    return mean;
  }

  /** The largest difference of a coordinate from its mean. */
  private static double distance(double[][] vectors) {
    double[] mean = mean(vectors);
    double largest = 0;
    for (double[] vector : vectors) {
      for (int p = 0; p < mean.length; p++) {
        largest = Math.max(largest, Math.abs(vector[p] - mean[p]));
      }
    }
    return largest;
  }

  private static double sum(double[][] vectors, int coordinate) {
    double sum = 0;
    for (double[] vector : vectors) {
      sum += vector[coordinate];
    }
    return sum;
  }
}
