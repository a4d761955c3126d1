package dev.triptych.gossip.mixing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.gossip.topology.Topologies;
import dev.triptych.gossip.topology.Topology;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class MixingRulesPropertyTest {

  @Property(tries = 200)
  void metropolisIsSymmetricAndDoublyStochasticOnEveryUndirectedGraph(
      @ForAll @IntRange(min = 1, max = 40) int nodes,
      @ForAll @DoubleRange(min = 0, max = 1) double density,
      @ForAll long seed) {
    Topology graph = random(nodes, density, seed);
    MixingMatrix mixing = new Metropolis().weights(graph);

    assertThat(mixing.isSymmetric()).isTrue();
    assertThat(mixing.isDoublyStochastic()).isTrue();
    for (int i = 0; i < nodes; i++) {
      assertThat(mixing.weight(i, i)).isPositive();
      assertThat(mixing.sources(i)).isSorted().contains(i);
    }
  }

  @Property(tries = 100)
  void secondEigenvalueIsOneExactlyWhenTheGraphIsDisconnected(
      @ForAll @IntRange(min = 2, max = 24) int nodes,
      @ForAll @DoubleRange(min = 0, max = 0.3) double density,
      @ForAll long seed) {
    Topology graph = random(nodes, density, seed);
    MixingMatrix mixing = new Metropolis().weights(graph);
    TopologyReport report = TopologyReport.of(graph, mixing);

    assertThat(mixing.secondEigenvalue() > 1 - 1e-9).isEqualTo(report.components() > 1);
    assertThat(report.reachesConsensus()).isEqualTo(report.components() == 1);
  }

  @Property(tries = 100)
  void averagingKeepsTheMean(
      @ForAll @IntRange(min = 1, max = 30) int nodes,
      @ForAll @DoubleRange(min = 0, max = 1) double density,
      @ForAll long seed) {
    MixingMatrix mixing = new Metropolis().weights(random(nodes, density, seed));
    SplittableRandom random = new SplittableRandom(seed);
    double[] x = random.doubles(nodes).toArray();
    double[] y = new double[nodes];
    mixing.multiply(x, y);

    assertThat(Arrays.stream(y).average().orElseThrow())
        .isCloseTo(Arrays.stream(x).average().orElseThrow(), within(1e-12));
  }

  @Property(tries = 60)
  void namedGraphsThatShouldBeRegularAreAndUniformWeightsAreDoublyStochasticOnThem(
      @ForAll @IntRange(min = 3, max = 9) int a, @ForAll @IntRange(min = 3, max = 9) int b) {
    for (Topology graph :
        List.of(
            Topologies.torus(a * b),
            Topologies.ring(a * b),
            Topologies.exponential(a * b),
            Topologies.complete(a * b),
            Topologies.hypercube(1 << a))) {
      assertThat(graph.isRegular()).as(graph.name()).isTrue();
      MixingMatrix uniform = new Uniform(true).weights(graph);
      assertThat(uniform.isDoublyStochastic()).as(graph.name()).isTrue();
      assertThat(TopologyReport.obstacle(graph, uniform)).isNull();
    }
  }

  private static Topology random(int nodes, double density, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    boolean[][] edge = new boolean[nodes][nodes];
    for (int i = 0; i < nodes; i++) {
      for (int j = 0; j < i; j++) {
        edge[i][j] = edge[j][i] = random.nextDouble() < density;
      }
    }
    int[][] receivers = new int[nodes][];
    for (int i = 0; i < nodes; i++) {
      boolean[] row = edge[i];
      receivers[i] = IntStream.range(0, nodes).filter(j -> row[j]).toArray();
    }
    return Topology.of("random", receivers);
  }
}
