package dev.triptych.gossip.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.optimizer.Sgd;
import dev.triptych.gossip.mixing.MixingMatrix;
import dev.triptych.gossip.mixing.MixingRules;
import dev.triptych.gossip.topology.Topologies;
import dev.triptych.gossip.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The algorithms in lockstep, without Spark: f_i(x) = ½(x − i)², i = 0..7, step .1. */
class ConstantStepBiasTest {
  private static final int NODES = 8;
  private static final double STEP = 0.1;

  @ParameterizedTest
  @CsvSource({
    "dpsgd,ring,.41368100", "dpsgd,exponential,.05626911", "dpsgd,complete,.04338843",
    "dpsgd-atc,ring,.29333262", "dpsgd-atc,exponential,.01266923", "dpsgd-atc,complete,0",
  })
  void fixedPointHasThePublishedConsensusError(String algorithm, String graph, double expected) {
    double[] x = run(algorithm, graph, 500);

    double mean = 0;
    for (double v : x) {
      mean += v / NODES;
    }
    double error = 0;
    for (double v : x) {
      error += (v - mean) * (v - mean) / NODES;
    }
    assertThat(mean).isCloseTo(3.5, within(1e-12));
    assertThat(error).isCloseTo(expected, within(1e-8));
  }

  @Test
  void adaptThenCombineOnTheCompleteGraphIsOneAveragedStep() {
    double[] x = run("dpsgd-atc", "complete", 1);

    // From 0 the gradients are -i: the averaged step is .1 * 3.5.
    for (double v : x) {
      assertThat(v).isCloseTo(0.35, within(1e-15));
    }
  }

  @Test
  void sentWeightsAreNeverChangedAfterwards() {
    for (String name : GossipAlgorithms.names()) {
      GossipAlgorithm algorithm = GossipAlgorithms.byName(name);
      NodeState node = new NodeState(0, 1, new Sgd());
      double[] gradient = {-1};
      double[] message = algorithm.message(node, gradient, STEP);
      double before = message[0];

      algorithm.finish(node, new double[] {5}, gradient, STEP);
      algorithm.message(node, gradient, STEP);

      assertThat(message[0]).as(name).isEqualTo(before);
    }
  }

  private static double[] run(String name, String graph, int rounds) {
    Topology topology = Topologies.byName(graph, NODES);
    MixingMatrix mixing = MixingRules.defaultFor(topology).weights(topology);
    GossipAlgorithm algorithm = GossipAlgorithms.byName(name);
    List<NodeState> nodes = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      nodes.add(new NodeState(i, 1, new Sgd()));
    }
    for (int t = 0; t < rounds; t++) {
      double[][] gradients = new double[NODES][];
      double[][] messages = new double[NODES][];
      for (int i = 0; i < NODES; i++) {
        gradients[i] = new double[] {nodes.get(i).weights()[0] - i};
        messages[i] = algorithm.message(nodes.get(i), gradients[i], STEP);
      }
      for (int i = 0; i < NODES; i++) {
        double[][] heard = new double[mixing.sources(i).length][];
        for (int k = 0; k < heard.length; k++) {
          heard[k] = messages[mixing.sources(i)[k]];
        }
        algorithm.finish(nodes.get(i), Mixing.mix(mixing.weights(i), heard), gradients[i], STEP);
      }
    }
    return nodes.stream().mapToDouble(node -> node.weights()[0]).toArray();
  }
}
