package dev.triptych.gossip.mixing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.InvalidInputException;
import dev.triptych.gossip.topology.Topologies;
import dev.triptych.gossip.topology.Topology;
import dev.triptych.gossip.topology.TopologyFile;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopologyReportTest {

  private static TopologyReport report(Topology topology, String mixing) {
    return TopologyReport.of(topology, MixingRules.byName(mixing).weights(topology));
  }

  private static double[] average(MixingMatrix mixing, double[] x, int rounds) {
    double[] now = x.clone();
    double[] next = new double[x.length];
    for (int t = 0; t < rounds; t++) {
      mixing.multiply(now, next);
      double[] swap = now;
      now = next;
      next = swap;
    }
    return now;
  }

  @Test
  void ringOfEightReachesConsensusInThePredictedRounds() {
    Topology ring = Topologies.ring(8);
    TopologyReport report = report(ring, "metropolis");

    assertThat(report.reachesConsensus()).isTrue();
    assertThat(report.reason()).isNull();
    assertThat(report.components()).isEqualTo(1);
    assertThat(report.periodic()).isFalse();
    assertThat(report.doublyStochastic()).isTrue();
    assertThat(report.edges()).isEqualTo(8);
    assertThat(report.maxDegree()).isEqualTo(2);
    assertThat(report.predictedRounds().keySet())
        .containsExactly("1e-1", "1e-2", "1e-3", "1e-4", "1e-5", "1e-6");
    // The slowest direction is the first Fourier mode.
    double[] mode = new double[8];
    for (int i = 0; i < 8; i++) {
      mode[i] = Math.cos(2 * Math.PI * i / 8);
    }
    MixingMatrix mixing = new Metropolis().weights(ring);
    int rounds = Math.toIntExact(report.predictedRounds().get("1e-3"));
    assertThat(norm(average(mixing, mode, rounds)) / norm(mode)).isLessThanOrEqualTo(1e-3);
    assertThat(norm(average(mixing, mode, rounds - 1)) / norm(mode)).isGreaterThan(1e-3);
  }

  @Test
  void completeGraphNeedsOneRound() {
    TopologyReport report = report(Topologies.complete(8), "metropolis");

    assertThat(report.spectralGap()).isCloseTo(1, within(1e-12));
    assertThat(report.predictedRounds().values()).containsOnly(1L);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void smallestGraphsReachConsensus(int nodes) {
    for (String name : List.of("ring", "path", "star", "exponential", "complete")) {
      Topology topology = Topologies.byName(name, nodes);
      MixingMatrix mixing = MixingRules.defaultFor(topology).weights(topology);
      assertThat(TopologyReport.of(topology, mixing).reachesConsensus()).as(name).isTrue();
    }
  }

  @Test
  void twoComponentsHaveEigenvalueOneTwiceAndEachReachesItsOwnMean() {
    Topology two = TopologyFile.parse("two", List.of("0 1", "1 2", "2 0", "3 4"), null);
    MixingMatrix mixing = new Metropolis().weights(two);
    TopologyReport report = TopologyReport.of(two, mixing);

    assertThat(report.components()).isEqualTo(2);
    assertThat(report.stronglyConnected()).isFalse();
    assertThat(report.secondEigenvalue()).isEqualTo(1);
    assertThat(mixing.secondEigenvalue()).isCloseTo(1, within(1e-12));
    assertThat(report.predictedRounds()).isEmpty();
    assertThat(report.reachesConsensus()).isFalse();
    assertThat(report.reason())
        .startsWith("two has 2 components (nodes 0 and 3 never hear of each other)");
    assertThat(average(mixing, new double[] {0, 3, 6, 10, 20}, 200))
        .containsExactly(new double[] {3, 3, 3, 15, 15}, within(1e-9));
  }

  @Test
  void evenRingWithoutSelfLoopsIsConnectedYetOscillates() {
    Topology ring = Topologies.ring(8);
    MixingMatrix halves = new Uniform(false).weights(ring);
    TopologyReport report = TopologyReport.of(ring, halves);

    assertThat(report.stronglyConnected()).isTrue();
    assertThat(report.doublyStochastic()).isTrue();
    assertThat(report.periodic()).isTrue();
    assertThat(report.period()).isEqualTo(2);
    assertThat(halves.secondEigenvalue()).isCloseTo(1, within(1e-12));
    assertThat(report.reachesConsensus()).isFalse();
    assertThat(report.reason()).contains("is periodic").contains("add a self-loop");
    double[] alternating = {1, -1, 1, -1, 1, -1, 1, -1};
    assertThat(average(halves, alternating, 1001)).containsExactly(-1, 1, -1, 1, -1, 1, -1, 1);
  }

  @Test
  void oddRingWithoutSelfLoopsReachesConsensus() {
    assertThat(report(Topologies.ring(7), "uniform-without-self").reachesConsensus()).isTrue();
  }

  @Test
  void aUsersEvenRingOfHalvesIsFoundPeriodic() {
    Topology ring =
        TopologyFile.parse("halves", List.of("0 1 .5", "1 2 .5", "2 3 .5", "3 0 .5"), null);
    MixingMatrix mixing = MixingRules.defaultFor(ring).weights(ring);

    assertThat(mixing.rule()).isEqualTo("file");
    assertThat(TopologyReport.of(ring, mixing).periodic()).isTrue();
  }

  @Test
  void whatIsLeftOfOneIsTheNodesOwnWeight() {
    Topology pair = TopologyFile.parse("pair", List.of("0 1 .25"), null);
    MixingMatrix mixing = MixingRules.defaultFor(pair).weights(pair);

    assertThat(mixing.weight(0, 0)).isEqualTo(.75);
    assertThat(TopologyReport.of(pair, mixing).spectralGap()).isCloseTo(.5, within(1e-12));
  }

  @Test
  void rowStochasticDirectedGraphIsFoundBiased() {
    Topology directed =
        TopologyFile.parse(
            "biased", List.of("# directed", "0 1 .5", "0 2 .25", "1 2 .25", "2 0 .5"), null);
    TopologyReport report = report(directed, "file");

    assertThat(report.doublyStochastic()).isFalse();
    assertThat(report.reachesConsensus()).isFalse();
    assertThat(report.reason()).contains("not doubly stochastic (column 0 adds up to 1.25)");
  }

  @Test
  void uniformWeightsOnAnIrregularGraphAreRefusedInWords() {
    assertThatThrownBy(() -> report(Topologies.star(5), "uniform"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("star has nodes with 1 and nodes with 4")
        .hasMessageContaining("use metropolis");
  }

  @Test
  void metropolisWeightsOnADirectedGraphAreRefusedInWords() {
    assertThatThrownBy(() -> report(Topologies.exponential(8), "metropolis"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("exponential is directed");
  }

  @Test
  void weightsAboveOneInAllAreRefusedInWords() {
    Topology greedy = TopologyFile.parse("greedy", List.of("0 1 .6", "0 2 .6"), null);

    assertThatThrownBy(() -> report(greedy, "file"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "greedy: the weights that node 0 gives its neighbours add up to 1.2, more than 1");
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 6, 8, 64})
  void evenRingsOfThirdsAreAtTheLimitOfD2AndLazyWeightsAreSafe(int n) {
    // The alternating vector's eigenvalue is exactly -1/3.
    TopologyReport ring = report(Topologies.ring(n), "metropolis");

    assertThat(ring.smallestEigenvalue()).isCloseTo(-1 / 3.0, within(1e-12));
    assertThat(ring.d2Safe()).isFalse();
    assertThat(ring.d2Reason()).contains("is -0.333333 and must be above -1/3: use lazy weights");
    assertThat(ring.extraSafe()).isTrue();
    TopologyReport lazy = report(Topologies.ring(n), "lazy-metropolis");
    assertThat(lazy.d2Safe()).isTrue();
    assertThat(lazy.d2Reason()).isNull();
  }

  @Test
  void columnStochasticWeightsAreLeftToPushSum() {
    TopologyReport report = report(Topologies.star(5), "column-stochastic");

    assertThat(report.reachesConsensus()).isFalse();
    assertThat(report.reason()).contains("only push-sum reaches the mean");
  }

  @Test
  void oddRingsOfThirdsAreSafeForD2() {
    assertThat(report(Topologies.ring(7), "metropolis").d2Safe()).isTrue();
  }

  @Test
  void directedAndTimeVaryingGraphsAreNotSafeForD2AndExtra() {
    TopologyReport directed = report(Topologies.exponential(8), "uniform");
    assertThat(directed.d2Reason())
        .isEqualTo("the weights are not symmetric: use symmetrized weights");
    assertThat(directed.extraSafe()).isFalse();
    assertThat(directed.smallestEigenvalue()).isNull();
    MixingSequence base = MixingSequences.byName("base-k", 5);
    TopologyReport varying = TopologyReport.of(base.union("base-k"), base);
    assertThat(varying.extraReason()).isEqualTo("the weights change from round to round");
  }

  @Test
  void finiteTimeGraphsAreExactAndPredictTheirRounds() {
    MixingSequence base = MixingSequences.byName("base-k", 6);
    TopologyReport report = TopologyReport.of(base.union("base-k"), base);

    assertThat(report.exactAfterRounds()).isEqualTo(4);
    assertThat(report.roundsUntilRepeat()).isEqualTo(4);
    assertThat(report.predictedRounds().values()).containsOnly(4L);
    assertThat(report.spectralGap()).isEqualTo(1);
    assertThat(report.maxDegree()).isEqualTo(1);
    assertThat(report.messagesPerRound()).isEqualTo(6);
    assertThat(report.reachesConsensus()).isTrue();
    assertThat(report(Topologies.complete(5), "uniform").exactAfterRounds()).isEqualTo(1);
    assertThat(report(Topologies.ring(5), "uniform").exactAfterRounds()).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 12, 25})
  void onePeerExponentialShrinksADistanceAsPredictedInTheLongRun(int n) {
    MixingSequence mixing = MixingSequences.byName("one-peer-exponential", n);
    TopologyReport report = TopologyReport.of(mixing.union("g"), mixing);
    int from = 4 * mixing.period();
    int to = 8 * mixing.period();
    double shrunk = mixing.contraction(to) / mixing.contraction(from);

    assertThat(report.exactAfterRounds()).isNull();
    assertThat(Math.pow(shrunk, 1.0 / (to - from)))
        .isCloseTo(report.secondEigenvalue(), within(1e-4));
  }

  private static double norm(double[] x) {
    double sum = 0;
    for (double v : x) {
      sum += v * v;
    }
    return Math.sqrt(sum);
  }
}
