package dev.triptych.core.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;

class RoundedHingeLossPropertyTest {
  @Property(tries = 1000, seed = "1")
  void liesAboveTheHingeByAtMostAnEighthOfTheWidth(
      @ForAll @DoubleRange(min = -3, max = 3) double score,
      @ForAll boolean positive,
      @ForAll @DoubleRange(min = 0.01, max = 2) double width) {
    double label = positive ? 1 : -1;
    double above =
        new RoundedHingeLoss(width).value(score, label) - new HingeLoss().value(score, label);
    assertThat(above).isBetween(-1e-15, width / 8 + 1e-15);
  }

  @Property(tries = 1000, seed = "2")
  void derivativeIsTheFiniteDifferenceOfTheValue(
      @ForAll @DoubleRange(min = -3, max = 3) double score,
      @ForAll boolean positive,
      @ForAll @DoubleRange(min = 0.1, max = 2) double width) {
    double label = positive ? 1 : -1;
    RoundedHingeLoss loss = new RoundedHingeLoss(width);
    double h = 1e-6;
    double difference = (loss.value(score + h, label) - loss.value(score - h, label)) / (2 * h);
    // The slope changes by at most h/width within h.
    assertThat(loss.derivative(score, label)).isCloseTo(difference, within(1e-9 + h / width));
  }
}
