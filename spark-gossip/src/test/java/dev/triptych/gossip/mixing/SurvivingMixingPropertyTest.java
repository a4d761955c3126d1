package dev.triptych.gossip.mixing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.gossip.topology.Topologies;
import dev.triptych.gossip.topology.Topology;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class SurvivingMixingPropertyTest {
  private static final List<String> GRAPHS =
      List.of("ring", "path", "star", "exponential", "complete", "directed-ring", "binary-tree");

  @Property(tries = 300)
  void whatWasDoublyStochasticStaysSoAndMissingNodesKeepTheirValue(
      @ForAll @IntRange(min = 0, max = 8) int graph,
      @ForAll @IntRange(min = 3, max = 20) int nodes,
      @ForAll long seed) {
    MixingSequence all = sequence(graph, nodes);
    boolean[] members = members(nodes, seed);

    MixingSequence left = SurvivingMixing.of(all, members);

    assertThat(left.period()).isEqualTo(all.period());
    assertThat(left.isDoublyStochastic()).isTrue();
    assertThat(left.isSymmetric() || !all.isSymmetric()).isTrue();
    for (int t = 0; t < left.period(); t++) {
      for (int i = 0; i < nodes; i++) {
        for (int j : left.at(t).sources(i)) {
          assertThat(i == j || (members[i] && members[j])).isTrue();
          assertThat(i == j || all.at(t).weight(i, j) != 0 || all.at(t).weight(j, i) != 0)
              .as("no pair that did not talk before")
              .isTrue();
        }
        if (!members[i]) {
          assertThat(left.at(t).weight(i, i)).isEqualTo(1);
        }
      }
    }
  }

  @Property(tries = 100)
  void whatWasColumnStochasticStaysSo(
      @ForAll @IntRange(min = 3, max = 20) int nodes, @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[][] receivers = new int[nodes][];
    for (int i = 0; i < nodes; i++) {
      int self = i;
      receivers[i] =
          IntStream.range(0, nodes).filter(j -> j != self && random.nextInt(3) == 0).toArray();
    }
    MixingMatrix all = new ColumnStochastic().weights(Topology.of("random", receivers));
    boolean[] members = members(nodes, seed);

    MixingMatrix left = SurvivingMixing.of(MixingSequence.constant(all), members).at(0);

    assertThat(MixingMatrix.addUpToOne(left.columnSums())).isTrue();
  }

  @Property(tries = 100)
  void theSmallestEigenvalueOfSymmetricWeightsDoesNotFall(
      @ForAll @IntRange(min = 3, max = 16) int nodes, @ForAll long seed) {
    MixingMatrix all = new Metropolis().weights(Topologies.byName("ring", nodes));
    MixingMatrix left =
        SurvivingMixing.of(MixingSequence.constant(all), members(nodes, seed)).at(0);

    assertThat(left.smallestEigenvalue()).isGreaterThan(all.smallestEigenvalue() - 1e-9);
  }

  @Example
  void theMissingNodesWeightGoesBackToItsNeighbours() {
    MixingMatrix ring = new Metropolis().weights(Topologies.byName("ring", 4));
    MixingMatrix left =
        SurvivingMixing.of(MixingSequence.constant(ring), new boolean[] {true, true, false, true})
            .at(0);

    assertThat(left.sources(1)).containsExactly(0, 1);
    assertThat(left.weight(1, 1)).isCloseTo(2.0 / 3, within(1e-15));
    assertThat(left.weight(1, 0)).isEqualTo(1.0 / 3);
    assertThat(left.weight(0, 0)).isCloseTo(1.0 / 3, within(1e-15));
  }

  @Example
  void theMeanOfAllBecomesTheMeanOfThoseLeft() {
    MixingMatrix complete = new Metropolis().weights(Topologies.byName("complete", 5));
    MixingMatrix left =
        SurvivingMixing.of(
                MixingSequence.constant(complete), new boolean[] {true, false, true, true, true})
            .at(0);

    assertThat(left.weights(3)).containsExactly(new double[] {.25, .25, .25, .25}, within(1e-15));
  }

  @Example
  void withEverybodyThereNothingChanges() {
    MixingSequence all = sequence(0, 5);

    assertThat(SurvivingMixing.of(all, new boolean[] {true, true, true, true, true})).isSameAs(all);
  }

  private static MixingSequence sequence(int graph, int nodes) {
    if (graph >= GRAPHS.size()) {
      return MixingSequences.byName(
          graph == GRAPHS.size() ? "one-peer-exponential" : "base-k", nodes);
    }
    Topology topology = Topologies.byName(GRAPHS.get(graph), nodes);
    return MixingSequence.constant(MixingRules.defaultFor(topology).weights(topology));
  }

  private static boolean[] members(int nodes, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    boolean[] members = new boolean[nodes];
    for (int i = 0; i < nodes; i++) {
      members[i] = random.nextInt(4) > 0;
    }
    return members;
  }
}
