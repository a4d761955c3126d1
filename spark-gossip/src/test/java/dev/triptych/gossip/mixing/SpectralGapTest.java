package dev.triptych.gossip.mixing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.gossip.topology.Topologies;
import dev.triptych.gossip.topology.Topology;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the computed gaps to the closed forms of the literature. */
class SpectralGapTest {

  private static double gap(String name, int nodes) {
    Topology topology = Topologies.byName(name, nodes);
    MixingMatrix mixing = MixingRules.defaultFor(topology).weights(topology);
    return TopologyReport.of(topology, mixing).spectralGap();
  }

  @ParameterizedTest
  @CsvSource({
    "ring,8,.19526215",
    "ring,16,.05074698",
    "ring,64,.00321018",
    "path,8,.05074698",
    "path,16,.01280981",
    "path,64,.00080303",
    "star,8,.125",
    "star,16,.0625",
    "star,64,.015625",
    "torus,16,.4",
    "torus,64,.11715729",
    "hypercube,8,.5",
    "hypercube,16,.4",
    "hypercube,64,.28571429",
    "exponential,8,.5",
    "exponential,16,.4",
    "exponential,64,.28571429",
    "complete,8,1",
    "complete,64,1",
  })
  void gapEqualsThePublishedTable(String name, int nodes, double expected) {
    assertThat(gap(name, nodes)).isCloseTo(expected, within(1e-8));
  }

  @Test
  void gapEqualsTheClosedFormForEverySize() {
    for (int n = 2; n <= 64; n++) {
      String size = "n = " + n;
      assertThat(gap("complete", n)).as(size).isCloseTo(1, within(1e-8));
      assertThat(gap("star", n)).as(size).isCloseTo(n == 2 ? 1 : 1.0 / n, within(1e-8));
      if (n > 2) {
        double ring = 2.0 / 3 * (1 - Math.cos(2 * Math.PI / n));
        double path = 2.0 / 3 * (1 - Math.cos(Math.PI / n));
        assertThat(gap("ring", n)).as(size).isCloseTo(ring, within(1e-8));
        assertThat(gap("path", n)).as(size).isCloseTo(path, within(1e-8));
        // Eigenvalues (1 + e^(2πik/n))/2.
        double directed = 1 - Math.cos(Math.PI / n);
        assertThat(gap("directed-ring", n)).as(size).isCloseTo(directed, within(1e-8));
      }
    }
  }

  @Test
  void gapOfEveryTorusEqualsTheClosedForm() {
    for (int rows = 3; rows <= 21; rows++) {
      for (int columns = 3; rows * columns <= 64; columns++) {
        double slowest = 1 - Math.cos(2 * Math.PI / Math.max(rows, columns));
        String name = "torus:" + rows + "x" + columns;
        assertThat(gap(name, rows * columns)).as(name).isCloseTo(.4 * slowest, within(1e-8));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8, 16, 32, 64})
  void gapOfHypercubesEqualsTheClosedForm(int n) {
    double dimensions = Math.log(n) / Math.log(2);
    assertThat(gap("hypercube", n)).isCloseTo(2 / (1 + dimensions), within(1e-8));
  }

  @Test
  void gapOfExponentialGraphsEqualsTheClosedFormForEvenSizesAndIsLargerForOddOnes() {
    for (int n = 2; n <= 64; n++) {
      int hops = 32 - Integer.numberOfLeadingZeros(n - 1);
      if (n % 2 == 0) {
        assertThat(gap("exponential", n)).as("n = " + n).isCloseTo(2.0 / (1 + hops), within(1e-8));
      } else {
        assertThat(gap("exponential", n)).as("n = " + n).isGreaterThan(2.0 / (1 + hops) + 1e-6);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1100, 2000})
  void gapAboveTheDenseLimitEqualsTheClosedFormToo(int n) {
    assertThat(gap("ring", n)).isCloseTo(2.0 / 3 * (1 - Math.cos(2 * Math.PI / n)), within(1e-10));
    assertThat(gap("star", n)).isCloseTo(1.0 / n, within(1e-10));
    double hops = Math.ceil(Math.log(n) / Math.log(2));
    assertThat(gap("exponential", n)).isCloseTo(2 / (1 + hops), within(1e-8));
  }

  @Test
  void iterationsAgreeWithAllEigenvaluesOnSmallGraphs() {
    Topology ring = Topologies.ring(50);
    MixingMatrix symmetric = new Metropolis().weights(ring);
    assertThat(Spectrum.lanczos(symmetric).modulus())
        .isCloseTo(symmetric.secondEigenvalue(), within(1e-10));

    Topology exponential = Topologies.exponential(50);
    MixingMatrix general = new Uniform(true).weights(exponential);
    assertThat(Spectrum.powerIteration(general))
        .isCloseTo(general.secondEigenvalue(), within(1e-8));
  }

  @Test
  void gapOfAHundredThousandNodesEqualsTheClosedFormEvenWhereItIsTiny() {
    int n = 100_000;
    double ring = 4.0 / 3 * Math.pow(Math.sin(Math.PI / n), 2);
    double path = 4.0 / 3 * Math.pow(Math.sin(Math.PI / n / 2), 2);
    double directed = 2 * Math.pow(Math.sin(Math.PI / n / 2), 2);

    assertThat(gap("ring", n)).isCloseTo(ring, within(1e-6 * ring));
    assertThat(gap("path", n)).isCloseTo(path, within(2e-6 * path));
    assertThat(gap("directed-ring", n)).isCloseTo(directed, within(1e-6 * directed));
    assertThat(gap("star", n)).isCloseTo(1e-5, within(1e-11));
  }
}
