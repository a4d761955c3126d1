package dev.triptych.gossip.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.optimizer.Sgd;
import dev.triptych.gossip.compression.Compressors;
import dev.triptych.gossip.message.Message;
import dev.triptych.gossip.mixing.MixingMatrix;
import dev.triptych.gossip.mixing.MixingRules;
import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.gossip.topology.Topologies;
import dev.triptych.gossip.topology.Topology;
import dev.triptych.gossip.topology.TopologyFile;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The algorithms against CHECKS 4 and 5: f_i(x) = ½(x − i)², i = 0..7, step .1. */
class AlgorithmsTest {
  private static final int NODES = 8;
  private static final double STEP = 0.1;
  private static final Lockstep.Gradient OWN_TARGET = (i, x, gradient) -> gradient[0] = x[0] - i;
  private static final Lockstep.Gradient NONE = (i, x, gradient) -> {};

  @ParameterizedTest
  @CsvSource({
    "gradient-tracking,ring",
    "gradient-tracking,exponential",
    "gradient-tracking,complete",
    "extra,ring",
    "extra,complete",
    "d2,complete",
    "d2,ring",
  })
  void correctedGossipReachesTheMinimumAtEveryNodeWithAConstantStep(String name, String graph) {
    Lockstep nodes = new Lockstep(GossipAlgorithms.byName(name), lazy(graph), 1);
    nodes.run(3000, OWN_TARGET, STEP);

    assertThat(nodes.first()).containsExactly(targets(3.5), within(1e-10));
  }

  @Test
  void gradientTrackingKeepsTheMeanOfTheTrackersAtTheMeanGradient() {
    Lockstep nodes = new Lockstep(GossipAlgorithms.byName("gradient-tracking"), mixing("ring"), 1);
    for (int t = 0; t < 50; t++) {
      nodes.round(t, OWN_TARGET, STEP);
      double trackers = 0;
      double gradients = 0;
      for (int i = 0; i < NODES; i++) {
        trackers += nodes.node(i).keptOrZeros("mixed-tracker")[0];
        gradients += nodes.node(i).keptOrZeros("gradient")[0];
      }
      assertThat(trackers).as("round %d", t).isCloseTo(gradients, within(1e-12));
    }
  }

  @Test
  void dSquaredDivergesWhereTheSmallestEigenvalueIsTooSmall() {
    // The ring with 1/3 each on 8 nodes: smallest eigenvalue 1/3 − 2/3 = −1/3.
    Topology ring = Topologies.ring(NODES);
    MixingMatrix weights = MixingRules.byName("uniform-without-self").weights(ring);
    GossipAlgorithm algorithm = GossipAlgorithms.byName("d2");
    Lockstep nodes = new Lockstep(algorithm, MixingSequence.constant(weights), 1);
    nodes.run(200, OWN_TARGET, STEP);

    assertThat(Math.abs(nodes.first()[0])).isGreaterThan(1e6);
    assertThat(algorithm.obstacle(ring, MixingSequence.constant(weights)))
        .contains("D2 may diverge: the smallest eigenvalue of W is -1.000000");
  }

  @Test
  void pushSumOnTheDirectedGraphOfChecks4ReachesTheMeanAndTheKnownWeights() {
    Topology graph =
        TopologyFile.parse("directed", List.of("# directed", "0 1", "0 2", "1 2", "2 0"), 3);
    MixingSequence mixing =
        MixingSequence.constant(MixingRules.byName("column-stochastic").weights(graph));
    Lockstep nodes = new Lockstep(GossipAlgorithms.byName("push-sum"), mixing, 1);
    double[] starts = {0, 3, 9};
    for (int i = 0; i < 3; i++) {
      nodes.start(i, starts[i]);
    }
    nodes.run(200, NONE, STEP);

    assertThat(nodes.first()).containsExactly(new double[] {4, 4, 4}, within(1e-12));
    double[] weights = new double[3];
    for (int i = 0; i < 3; i++) {
      weights[i] = nodes.node(i).keptOrZeros("push-weight")[0];
    }
    assertThat(weights).containsExactly(new double[] {1, 2.0 / 3, 4.0 / 3}, within(1e-12));
  }

  @Test
  void pushSumConservesMassInEveryRound() {
    Topology graph = Topologies.byName("directed-ring", NODES);
    MixingSequence mixing =
        MixingSequence.constant(MixingRules.byName("column-stochastic").weights(graph));
    Lockstep nodes = new Lockstep(GossipAlgorithms.byName("push-sum"), mixing, 1);
    for (int i = 0; i < NODES; i++) {
      nodes.start(i, i * i);
    }
    for (int t = 0; t < 100; t++) {
      nodes.round(t, NONE, STEP);
      double numerators = 0;
      double weights = 0;
      for (int i = 0; i < NODES; i++) {
        numerators += nodes.node(i).keptOrZeros("numerator")[0];
        weights += nodes.node(i).keptOrZeros("push-weight")[0];
      }
      assertThat(numerators).as("round %d", t).isCloseTo(140, within(1e-11));
      assertThat(weights).as("round %d", t).isCloseTo(NODES, within(1e-12));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"top-k:0.1", "random-k:0.1", "sign", "int8"})
  void compressedGossipReachesTheMeanOfTheStarts(String compression) {
    int length = 40;
    GossipParameters parameters = new GossipParameters(Compressors.byName(compression), null, 0);
    Lockstep nodes =
        new Lockstep(GossipAlgorithms.byName("choco", parameters), mixing("ring"), length);
    for (int i = 0; i < NODES; i++) {
      double[] start = new double[length];
      for (int p = 0; p < length; p++) {
        start[p] = Math.sin(i * length + p);
      }
      nodes.start(i, start);
    }
    double[] mean = mean(nodes, length);

    nodes.run(3000, NONE, STEP);

    assertThat(mean(nodes, length)).containsExactly(mean, within(1e-12));
    for (int i = 0; i < NODES; i++) {
      assertThat(nodes.node(i).weights()).as("node %d", i).containsExactly(mean, within(1e-6));
    }
  }

  @Test
  void quasiGlobalMomentumOnTheCompleteGraphIsHeavyBallMomentum() {
    // With x(t+1) = x − α(βm + ḡ): m ← βm + (1 − β)(βm + ḡ).
    GossipParameters parameters = new GossipParameters(Compressors.byName("sign"), null, 0.8);
    Lockstep nodes =
        new Lockstep(
            GossipAlgorithms.byName("quasi-global-momentum", parameters), mixing("complete"), 1);
    double x = 0;
    double m = 0;
    for (int t = 0; t < 60; t++) {
      nodes.round(t, OWN_TARGET, STEP);
      double direction = 0.8 * m + (x - 3.5);
      x -= STEP * direction;
      m = 0.8 * m + 0.2 * direction;
      for (double node : nodes.first()) {
        assertThat(node).as("round %d", t).isCloseTo(x, within(1e-12));
      }
    }
  }

  @Test
  void localStepsWithoutGlobalAverageAreLocalSgd() {
    // Adapt-then-combine on the complete graph with H local steps: each x_i goes its own way for
    // H steps, x_i ← i + (1 − α)^H (x̄ − i), and then all take the mean.
    Lockstep nodes =
        new Lockstep(GossipAlgorithms.byName("dpsgd-atc"), mixing("complete").withLocalSteps(4), 1);
    nodes.run(4, OWN_TARGET, STEP);

    double expected = 3.5 * (1 - Math.pow(1 - STEP, 4));
    assertThat(nodes.first()).containsExactly(targets(expected), within(1e-12));
  }

  @Test
  void globalAverageMakesAllNodesEqualInItsRounds() {
    Lockstep nodes =
        new Lockstep(GossipAlgorithms.byName("dpsgd-atc"), mixing("ring").withGlobalAverage(5), 1);
    for (int t = 0; t < 20; t++) {
      nodes.round(t, OWN_TARGET, STEP);
      double[] x = nodes.first();
      if ((t + 1) % 5 == 0) {
        assertThat(x).as("round %d", t).containsExactly(targets(x[0]), within(1e-14));
      } else {
        assertThat(x[7] - x[0]).as("round %d", t).isGreaterThan(0.1);
      }
    }
  }

  @Test
  void sentMessagesAreNeverChangedAfterwards() {
    for (String name : GossipAlgorithms.names()) {
      if (!(GossipAlgorithms.byName(name) instanceof RoundAlgorithm algorithm)) {
        continue;
      }
      NodeState node = new NodeState(0, 1, new Sgd());
      double[] gradient = {-1};
      for (int t = 0; t < 3; t++) {
        Message message = algorithm.message(node, gradient, STEP);
        double[] before = message.values().clone();
        double[] mixed = new double[algorithm.messageLength(1)];
        message.addTo(1, mixed);

        algorithm.finish(node, mixed, gradient, STEP);
        algorithm.message(node, gradient, STEP);

        assertThat(message.values()).as(name).containsExactly(before);
        node.restart(node.round());
      }
    }
  }

  private static double[] mean(Lockstep nodes, int length) {
    double[] mean = new double[length];
    for (int i = 0; i < NODES; i++) {
      for (int p = 0; p < length; p++) {
        mean[p] += nodes.node(i).weights()[p] / NODES;
      }
    }
    return mean;
  }

  private static double[] targets(double each) {
    double[] targets = new double[NODES];
    java.util.Arrays.fill(targets, each);
    return targets;
  }

  private static MixingSequence mixing(String graph) {
    Topology topology = Topologies.byName(graph, NODES);
    return MixingSequence.constant(MixingRules.defaultFor(topology).weights(topology));
  }

  private static MixingSequence lazy(String graph) {
    Topology topology = Topologies.byName(graph, NODES);
    return graph.equals("ring")
        ? MixingSequence.constant(MixingRules.byName("lazy-metropolis").weights(topology))
        : mixing(graph);
  }
}
