package dev.triptych.gossip.mixing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.InvalidInputException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the time-varying graphs to what their papers prove. */
class FiniteTimeTest {

  /** The columns of W(first + k − 1)⋯W(first). */
  private static double[][] product(MixingSequence mixing, int first, int numRounds) {
    int n = mixing.numNodes();
    double[][] columns = new double[n][n];
    for (int j = 0; j < n; j++) {
      columns[j][j] = 1;
      double[] next = new double[n];
      for (int t = first; t < first + numRounds; t++) {
        mixing.at(t).multiply(columns[j], next);
        double[] swap = columns[j];
        columns[j] = next;
        next = swap;
      }
    }
    return columns;
  }

  private static double distanceToMean(double[][] product) {
    double largest = 0;
    for (double[] column : product) {
      for (double p : column) {
        largest = Math.max(largest, Math.abs(p - 1.0 / product.length));
      }
    }
    return largest;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8, 16, 32, 64})
  void onePeerExponentialOfAPowerOfTwoIsTheMeanWithoutAnyRounding(int n) {
    MixingSequence mixing = MixingSequences.byName("one-peer-exponential", n);
    int rounds = Integer.numberOfTrailingZeros(n);

    assertThat(mixing.period()).isEqualTo(Math.max(1, rounds));
    for (int first = 0; first < mixing.period(); first++) {
      assertThat(distanceToMean(product(mixing, first, rounds))).isZero();
    }
    if (n > 1) {
      assertThat(distanceToMean(product(mixing, 0, rounds - 1))).isPositive();
      assertThat(mixing.exactAfter()).isEqualTo(rounds);
      assertThat(mixing.secondEigenvalue()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"6,.2165", "12,.2091", "25,.1921"})
  void onePeerExponentialOfOtherSizesIsNotExact(int n, double expected) {
    MixingSequence mixing = MixingSequences.byName("one-peer-exponential", n);

    assertThat(mixing.contraction(mixing.period())).isCloseTo(expected, within(5e-5));
    assertThat(mixing.exactAfter()).isZero();
    assertThat(mixing.secondEigenvalue()).isBetween(0.01, 0.99);
  }

  @Test
  void onePeerExponentialHearsOneNodeAPowerOfTwoAway() {
    MixingSequence mixing = MixingSequences.byName("one-peer-exponential", 6);

    assertThat(mixing.period()).isEqualTo(3);
    assertThat(mixing.at(0).sources(5)).containsExactly(0, 5);
    assertThat(mixing.at(1).sources(5)).containsExactly(1, 5);
    assertThat(mixing.at(5).sources(0)).containsExactly(0, 4);
    assertThat(mixing.at(2).weights(0)).containsExactly(.5, .5);
    assertThat(mixing.maxDegree()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "2,1", "3,3", "4,2", "5,5", "6,4", "7,5", "8,3", "9,7", "10,6", "12,5", "24,6", "25,9"
  })
  void baseTwoGraphNeedsThePublishedNumberOfRounds(int n, int rounds) {
    MixingSequence mixing = MixingSequences.byName("base-k", n);

    assertThat(mixing.period()).isEqualTo(rounds);
    assertThat(mixing.exactAfter()).isEqualTo(rounds);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 8})
  void baseGraphsOfEverySizeReachTheMeanAtTheEndOfTheirPeriodAndNotBefore(int k) {
    for (int n = 1; n <= 64; n++) {
      MixingSequence mixing = MixingSequences.byName("base-k:" + k, n);
      String name = "n = " + n + ", k = " + k;
      int rounds = n == 1 ? 0 : mixing.period();

      assertThat(distanceToMean(product(mixing, 0, rounds))).as(name).isLessThan(1e-12);
      if (n > 1) {
        assertThat(mixing.exactAfter()).as(name).isEqualTo(rounds);
        assertThat(distanceToMean(product(mixing, 0, rounds - 1))).as(name).isGreaterThan(1e-6);
      }
      double bound = 2 * Math.log(n) / Math.log(k + 1) + 2;
      assertThat((double) rounds).as(name).isLessThanOrEqualTo(bound + 1e-9);
      assertThat(mixing.maxDegree()).as(name).isLessThanOrEqualTo(k);
      assertThat(mixing.isDoublyStochastic()).as(name).isTrue();
      assertThat(mixing.isSymmetric()).as(name).isTrue();
      assertThat(TopologyReport.obstacle(mixing.union(name), mixing)).as(name).isNull();
    }
  }

  @Test
  void baseGraphOfTenThousandNodesIsExactToo() {
    MixingSequence mixing = MixingSequences.byName("base-k:2", 10_000);

    assertThat(mixing.exactAfter()).isEqualTo(mixing.period()).isLessThanOrEqualTo(18);
    assertThat(mixing.maxDegree()).isEqualTo(2);
  }

  @Test
  void roundsRepeatAfterThePeriod() {
    MixingSequence mixing = MixingSequences.byName("base-k", 5);

    assertThat(mixing.isTimeVarying()).isTrue();
    assertThat(mixing.at(7)).isSameAs(mixing.at(2));
    assertThat(mixing.at(5_000_000_000L)).isSameAs(mixing.at(0));
  }

  @Test
  void sequencesOfDifferentSizesOrWithoutOwnWeightsAreRefused() {
    MixingMatrix two = new RoundWeights(2).build("idle");
    MixingMatrix three = new RoundWeights(3).build("idle");
    MixingMatrix swapping =
        new MixingMatrix("swap", new int[][] {{1}, {0}}, new double[][] {{1}, {1}});

    assertThatThrownBy(() -> MixingSequence.periodic(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> MixingSequence.periodic(List.of(two, three)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("differ in size");
    assertThatThrownBy(() -> MixingSequence.periodic(List.of(two, swapping)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("does not count itself");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "base-k:0|expected a number of neighbours of 1 to 1000000, got '0'",
        "base-k:two|expected a number of neighbours of 1 to 1000000, got 'two'",
        "base-k:1:2|expected base-k or base-k:K",
        "one-peer-exponential:3|expected one-peer-exponential",
      })
  void badArgumentsAreRefusedInWords(String name, String words) {
    assertThatThrownBy(() -> MixingSequences.byName(name, 8))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("topology " + name + ": " + words);
  }

  @ParameterizedTest
  @ValueSource(strings = {"base-k", "one-peer-exponential"})
  void noNodesAreRefusedInWords(String name) {
    assertThatThrownBy(() -> MixingSequences.byName(name, 0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("needs at least 1 node, got 0");
  }

  @Test
  void multiplyingWithTheTransposeSumsColumns() {
    MixingMatrix mixing = MixingSequences.byName("one-peer-exponential", 5).at(1);
    double[] x = {1, 2, 4, 8, 16};
    double[] y = new double[5];
    mixing.multiplyTransposed(x, y);
    double[] expected = new double[5];
    for (int j = 0; j < 5; j++) {
      for (int i = 0; i < 5; i++) {
        expected[j] += mixing.weight(i, j) * x[i];
      }
    }

    assertThat(y).containsExactly(expected, within(1e-15));
    assertThat(Arrays.stream(y).sum()).isCloseTo(31, within(1e-12));
  }
}
