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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the rules to weights known from theory. */
class MixingRulesTest {

  private static MixingMatrix mixing(String rule, String name, int nodes) {
    return MixingRules.byName(rule).weights(Topologies.byName(name, nodes));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 8, 9, 24, 64})
  void lazyWeightsHalveEveryEigenvaluesDistanceToOne(int n) {
    MixingMatrix eager = mixing("metropolis", "path", n);
    MixingMatrix lazy = mixing("lazy-metropolis", "path", n);

    assertThat(lazy.rule()).isEqualTo("lazy-metropolis");
    assertThat(lazy.isDoublyStochastic()).isTrue();
    assertThat(lazy.smallestEigenvalue())
        .isCloseTo((1 + eager.smallestEigenvalue()) / 2, within(1e-12))
        .isGreaterThanOrEqualTo(-1e-15);
    double second = 1.0 / 3 + 2.0 / 3 * Math.cos(Math.PI / n);
    if (n > 2) {
      assertThat(lazy.secondEigenvalue()).isCloseTo((1 + second) / 2, within(1e-12));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5, 6, 7, 8, 31, 64})
  void smallestEigenvalueOfRingsEqualsTheClosedForm(int n) {
    double opposite = 2 * Math.PI * (n / 2) / n;

    assertThat(mixing("metropolis", "ring", n).smallestEigenvalue())
        .isCloseTo(1.0 / 3 + 2.0 / 3 * Math.cos(opposite), within(1e-12));
  }

  @Test
  void smallestEigenvalueNeedsSymmetricWeights() {
    MixingMatrix directed = mixing("uniform", "exponential", 8);

    assertThatThrownBy(directed::smallestEigenvalue).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @CsvSource({"directed-ring,7", "exponential,6", "star,5", "erdos-renyi:0.3:4,12", "path,1"})
  void everyNodesValueIsSplitAmongThoseWhoHearIt(String name, int nodes) {
    MixingMatrix mixing = mixing("column-stochastic", name, nodes);

    assertThat(mixing.columnSums()).containsOnly(new double[] {1}, within(1e-12));
    double[] x = new double[nodes];
    double[] y = new double[nodes];
    x[0] = 1;
    mixing.multiply(x, y);
    for (int i = 0; i < nodes; i++) {
      if (y[i] > 0) {
        assertThat(y[i]).isCloseTo(y[0], within(1e-15));
      }
    }
  }

  /** CHECKS 4: x/w of push-sum tends to the mean of 0, 3 and 9, row averages to 11/3. */
  @Test
  void columnStochasticWeightsCarryPushSumToTheMeanAndRowAveragesMissIt() {
    Topology graph =
        TopologyFile.parse("g", List.of("# directed", "0 1", "0 2", "1 2", "2 0"), null);
    MixingMatrix columns = MixingRules.byName("column-stochastic").weights(graph);
    double[] x = {0, 3, 9};
    double[] w = {1, 1, 1};
    for (int t = 0; t < 200; t++) {
      double[] nextX = new double[3];
      double[] nextW = new double[3];
      columns.multiply(x, nextX);
      columns.multiply(w, nextW);
      x = nextX;
      w = nextW;
    }
    assertThat(w).containsExactly(new double[] {1, 2 / 3.0, 4 / 3.0}, within(1e-12));
    for (int i = 0; i < 3; i++) {
      assertThat(x[i] / w[i]).isCloseTo(4, within(1e-12));
    }

    // Row averages: every node gives itself and those it hears the same weight.
    MixingMatrix rows =
        new MixingMatrix(
            "rows",
            new int[][] {{0, 2}, {0, 1}, {0, 1, 2}},
            new double[][] {{.5, .5}, {.5, .5}, {1 / 3.0, 1 / 3.0, 1 / 3.0}});
    double[] y = {0, 3, 9};
    for (int t = 0; t < 200; t++) {
      double[] next = new double[3];
      rows.multiply(y, next);
      y = next;
    }
    assertThat(y).containsOnly(new double[] {11 / 3.0}, within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 7, 8, 12, 16})
  void fastestWeightsOfAPathAreHalves(int n) {
    MixingMatrix fastest = mixing("fastest", "path", n);

    // Boyd, Diaconis, Sun, Xiao, Fastest mixing Markov chain on a path, 2006.
    assertThat(fastest.secondEigenvalue()).isCloseTo(Math.cos(Math.PI / n), within(1e-4));
    assertThat(fastest.isDoublyStochastic()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 6, 8, 16, 24})
  void fastestWeightsOfAnEvenRingBalanceBothEndsOfTheSpectrum(int n) {
    // All edges weigh p = 1/(3 − c), c = cos(2π/n): 1 − 2p(1 − c) = 4p − 1.
    double c = Math.cos(2 * Math.PI / n);

    assertThat(mixing("fastest", "ring", n).secondEigenvalue())
        .isCloseTo((1 + c) / (3 - c), within(1e-4));
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 8, 16})
  void fastestWeightsOfAStarUseUpItsCentre(int n) {
    assertThat(mixing("fastest", "star", n).secondEigenvalue())
        .isCloseTo(1 - 1.0 / (n - 1), within(1e-4));
  }

  @ParameterizedTest
  @CsvSource({"complete,1,0", "complete,7,0", "hypercube,8,.5", "hypercube,16,.6"})
  void metropolisIsAlreadyTheFastestOnTheseGraphs(String name, int nodes, double modulus) {
    assertThat(mixing("fastest", name, nodes).secondEigenvalue()).isCloseTo(modulus, within(1e-4));
  }

  @Test
  void fastestWeightsAreDoublyStochasticAndNeverSlowerThanMetropolis() {
    for (int seed = 1; seed <= 12; seed++) {
      String name = "erdos-renyi:0.35:" + seed;
      MixingMatrix fastest = mixing("fastest", name, 12);

      assertThat(fastest.isDoublyStochastic()).as(name).isTrue();
      assertThat(fastest.isSymmetric()).as(name).isTrue();
      assertThat(fastest.secondEigenvalue())
          .as(name)
          .isLessThanOrEqualTo(mixing("metropolis", name, 12).secondEigenvalue() + 1e-12);
    }
  }

  @Test
  void fastestWeightsOfALargeOrADirectedGraphAreRefusedInWords() {
    assertThatThrownBy(() -> mixing("fastest", "ring", 129))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("up to 128 nodes and ring has 129");
    assertThatThrownBy(() -> mixing("fastest", "directed-ring", 5))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("directed-ring is directed");
  }
}
