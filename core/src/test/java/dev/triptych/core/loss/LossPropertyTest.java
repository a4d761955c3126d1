package dev.triptych.core.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;

class LossPropertyTest {
  private static final double STEP = 1e-5;

  @Property(tries = 2000, seed = "1")
  void derivativeIsTheFiniteDifferenceOfTheValueAwayFromKinks(
      @ForAll("losses") Loss loss,
      @ForAll @DoubleRange(min = -30, max = 30) double score,
      @ForAll @DoubleRange(min = -3, max = 3) double realLabel) {
    double label = labelFor(loss, realLabel);
    double margin = label * score;
    double residual = Math.abs(score - label);
    Assume.that(
        loss.labelKind() == Loss.LabelKind.BINARY
            ? Math.min(Math.abs(margin), Math.abs(1 - margin)) > 2 * STEP
            : Math.abs(residual - HuberLoss.DELTA) > 2 * STEP);
    double difference =
        (loss.value(score + STEP, label) - loss.value(score - STEP, label)) / (2 * STEP);
    assertThat(loss.derivative(score, label))
        .isCloseTo(difference, within(1e-7 * (1 + Math.abs(difference))));
  }

  @Property(tries = 2000, seed = "2")
  void chordsLieAboveTheLoss(
      @ForAll("losses") Loss loss,
      @ForAll @DoubleRange(min = -50, max = 50) double left,
      @ForAll @DoubleRange(min = -50, max = 50) double right,
      @ForAll @DoubleRange(min = 0, max = 1) double share,
      @ForAll @DoubleRange(min = -3, max = 3) double realLabel) {
    double label = labelFor(loss, realLabel);
    double chord = share * loss.value(left, label) + (1 - share) * loss.value(right, label);
    assertThat(loss.value(share * left + (1 - share) * right, label))
        .isLessThanOrEqualTo(chord + 1e-12 * (1 + chord));
  }

  @Property(tries = 2000, seed = "3")
  void tangentsLieBelowTheLossEvenAtKinks(
      @ForAll("losses") Loss loss,
      @ForAll("scores") double at,
      @ForAll("scores") double elsewhere,
      @ForAll @DoubleRange(min = -3, max = 3) double realLabel) {
    double label = labelFor(loss, realLabel);
    double tangent = loss.value(at, label) + loss.derivative(at, label) * (elsewhere - at);
    double value = loss.value(elsewhere, label);
    assertThat(value).isGreaterThanOrEqualTo(tangent - 1e-11 * (1 + Math.abs(tangent) + value));
  }

  @Property(tries = 2000, seed = "4")
  void curvatureBoundBoundsSecondDifferencesOfSmoothLosses(
      @ForAll("smoothLosses") Loss loss,
      @ForAll @DoubleRange(min = -20, max = 20) double score,
      @ForAll @DoubleRange(min = 1e-2, max = 5) double width,
      @ForAll @DoubleRange(min = -3, max = 3) double realLabel) {
    double label = labelFor(loss, realLabel);
    double left = loss.value(score - width, label);
    double right = loss.value(score + width, label);
    double secondDifference = left - 2 * loss.value(score, label) + right;
    assertThat(secondDifference)
        .isLessThanOrEqualTo(
            loss.curvatureBound() * width * width + 1e-12 * (1 + Math.abs(left + right)));
  }

  @Provide
  Arbitrary<Loss> losses() {
    return Arbitraries.of(Losses.names()).map(name -> Losses.byName(name).orElseThrow());
  }

  @Provide
  Arbitrary<Loss> smoothLosses() {
    return Arbitraries.of(
        List.of(
            new LogisticLoss(),
            new SquaredLoss(),
            new SquaredHingeLoss(),
            new SmoothHingeLoss(),
            new HuberLoss()));
  }

  @Provide
  Arbitrary<Double> scores() {
    return Arbitraries.oneOf(
        Arbitraries.of(-1.0, 0.0, 1.0), Arbitraries.doubles().between(-100, 100));
  }

  private static double labelFor(Loss loss, double realLabel) {
    return switch (loss.labelKind()) {
      case REAL -> realLabel;
      case CLASS -> throw new AssertionError("no loss of one score has classes");
      case COUNT -> Math.abs(realLabel);
      case BINARY -> realLabel < 0 ? -1 : 1;
    };
  }
}
