package dev.triptych.core.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LossTest {
  @ParameterizedTest
  @CsvSource({
    // loss, score, label, value, derivative
    "logistic,       1e4,  1, 0,           0",
    "logistic,      -1e4,  1, 1e4,        -1",
    "logistic,       1e4, -1, 1e4,         1",
    "logistic,      -1e4, -1, 0,           0",
    "linear,         1e4,  1, 49990000.5,  9999",
    "linear,        -1e4,  1, 50010000.5, -10001",
    "hinge,          1e4,  1, 0,           0",
    "hinge,         -1e4,  1, 10001,      -1",
    "hinge,          1e4, -1, 10001,       1",
    "squared-hinge,  1e4,  1, 0,           0",
    "squared-hinge, -1e4,  1, 100020001,  -20002",
    "squared-hinge,  1e4, -1, 100020001,   20002",
    "smooth-hinge,   1e4,  1, 0,           0",
    "smooth-hinge,  -1e4,  1, 10000.5,    -1",
    "smooth-hinge,   .25,  1, .28125,     -.75",
    "huber,          1e4,  1, 13497.738750000002, 1.35",
    "huber,         -1e4,  1, 13500.438750000001,-1.35",
    "huber,          2,    1, .5,          1",
    "poisson,       -1e4,  0, 0,           0",
    "poisson,        0,    1, 0,           0",
    "poisson,        0,    3, 1.2958368660043291, -2",
  })
  void scoresOfTenThousandGiveTheExactLimits(
      String name, double score, double label, double value, double derivative) {
    Loss loss = Losses.byName(name).orElseThrow();
    assertThat(loss.value(score, label)).isEqualTo(value);
    assertThat(loss.derivative(score, label) + 0.0).isEqualTo(derivative);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1e100, -1e8, -1e4, -800, -700, -37, 0, 37, 700, 800, 1e4, 1e8, 1e100})
  void everyLossAndDerivativeIsFiniteAtExtremeScores(double score) {
    for (String name : Losses.names()) {
      Loss loss = Losses.byName(name).orElseThrow();
      for (double label : new double[] {loss.labelKind() == Loss.LabelKind.COUNT ? 0 : -1, 1}) {
        assertThat(loss.value(score, label)).as(name).isFinite().isNotNegative();
        assertThat(loss.derivative(score, label)).as(name).isFinite();
      }
    }
  }

  @Test
  void logisticKeepsItsRelativePrecisionFarOnTheRightSide() {
    Loss loss = new LogisticLoss();
    double tail = Math.exp(-40);
    assertThat(loss.value(40, 1)).isCloseTo(tail, within(1e-12 * tail));
    assertThat(loss.derivative(40, 1)).isCloseTo(-tail, within(1e-12 * tail));
    assertThat(loss.derivative(-40, -1)).isCloseTo(tail, within(1e-12 * tail));
  }

  @Test
  void logisticOfScoreZeroIsLogTwoWithHalfTheSlope() {
    Loss loss = new LogisticLoss();
    assertThat(loss.value(0, 1)).isCloseTo(Math.log(2), within(1e-15));
    assertThat(loss.derivative(0, 1)).isEqualTo(-0.5);
    assertThat(loss.derivative(0, -1)).isEqualTo(0.5);
  }

  @Test
  void hingeHasSubgradientZeroAtItsKink() {
    assertThat(new HingeLoss().derivative(1, 1)).isZero();
    assertThat(new HingeLoss().derivative(-1, -1)).isZero();
  }

  @Test
  void curvatureBoundsOfSmoothLossesAreReachedSomewhere() {
    for (Loss loss : new Loss[] {new LogisticLoss(), new SquaredLoss(), new SquaredHingeLoss()}) {
      double h = 1e-3;
      double curvature = (loss.derivative(h, 1) - loss.derivative(-h, 1)) / (2 * h);
      assertThat(loss.curvatureBound()).as(loss.name()).isCloseTo(curvature, within(1e-6));
    }
  }

  @Test
  void lossesAreFoundByTheirNamesAndUnknownOnesAreNot() {
    assertThat(Losses.names())
        .containsExactly(
            "logistic", "linear", "hinge", "squared-hinge", "smooth-hinge", "huber", "poisson");
    for (String name : Losses.names()) {
      assertThat(Losses.byName(name).orElseThrow().name()).isEqualTo(name);
    }
    assertThat(Losses.byName("Logistic")).isEmpty();
  }
}
