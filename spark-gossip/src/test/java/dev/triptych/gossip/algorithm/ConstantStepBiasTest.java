package dev.triptych.gossip.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.gossip.mixing.MixingRules;
import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.gossip.topology.Topologies;
import dev.triptych.gossip.topology.Topology;
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

  private static double[] run(String name, String graph, int rounds) {
    Topology topology = Topologies.byName(graph, NODES);
    Lockstep nodes =
        new Lockstep(
            GossipAlgorithms.byName(name),
            MixingSequence.constant(MixingRules.defaultFor(topology).weights(topology)),
            1);
    nodes.run(rounds, (i, x, gradient) -> gradient[0] = x[0] - i, STEP);
    return nodes.first();
  }
}
