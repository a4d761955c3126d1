package dev.triptych.core.straggler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

class StragglersTest {
  private static final long DELAY = 5_000_000;

  @Test
  void nobodyIsSlowedDownUnlessAskedFor() {
    assertThat(Stragglers.none().isNone()).isTrue();
    assertThat(Stragglers.none().totalNanos(3, 7, 1234)).isEqualTo(1234);
  }

  @Test
  void withoutADelayASlowWorkerTakesItsFactorTimesWhatItMeasured() {
    Stragglers stragglers = Stragglers.of(0, false, Map.of(3, 10.0), 1);
    assertThat(stragglers.totalNanos(3, 0, 1000)).isEqualTo(10_000);
    assertThat(stragglers.totalNanos(2, 0, 1000)).isEqualTo(1000);
    assertThat(stragglers.isNone()).isFalse();
    assertThat(stragglers.anySlow()).isTrue();
  }

  @Test
  void aFixedDelayIsALowerBoundTimesTheFactor() {
    Stragglers stragglers = Stragglers.of(DELAY, false, Map.of(3, 10.0), 1);
    assertThat(stragglers.totalNanos(0, 9, 1000)).isEqualTo(DELAY);
    assertThat(stragglers.totalNanos(3, 9, 1000)).isEqualTo(10 * DELAY);
    assertThat(stragglers.totalNanos(0, 9, 2 * DELAY)).isEqualTo(2 * DELAY);
  }

  @Test
  void exponentialDelaysHaveTheMeanAndTheVarianceOfTheirDistribution() {
    Stragglers stragglers = Stragglers.of(DELAY, true, Map.of(3, 10.0), 42);
    int numDraws = 100_000;
    double sum = 0;
    double sumOfSquares = 0;
    for (int step = 0; step < numDraws; step++) {
      double share = (double) stragglers.totalNanos(1, step, 0) / DELAY;
      sum += share;
      sumOfSquares += share * share;
    }
    // Mean 1 and second moment 2; standard errors 0.0032 and 0.0141, five of them allowed.
    assertThat(sum / numDraws).isCloseTo(1, within(0.016));
    assertThat(sumOfSquares / numDraws).isCloseTo(2, within(0.071));
    // The slow worker's delays are ten times as long.
    double slowSum = 0;
    for (int step = 0; step < numDraws; step++) {
      slowSum += (double) stragglers.totalNanos(3, step, 0) / DELAY;
    }
    assertThat(slowSum / numDraws).isCloseTo(10, within(0.16));
  }

  @Test
  void exponentialDelaysDependOnlyOnSeedWorkerAndStep() {
    Stragglers stragglers = Stragglers.of(DELAY, true, Map.of(), 42);
    long delay = stragglers.totalNanos(1, 5, 0);
    assertThat(stragglers.totalNanos(1, 5, 0)).isEqualTo(delay);
    assertThat(Stragglers.of(DELAY, true, Map.of(), 42).totalNanos(1, 5, 0)).isEqualTo(delay);
    assertThat(stragglers.totalNanos(1, 6, 0)).isNotEqualTo(delay);
    assertThat(stragglers.totalNanos(2, 5, 0)).isNotEqualTo(delay);
  }

  @Test
  void theDelaysOfOneSeedAreNotThoseOfTheNextSeedShifted() {
    Stragglers first = Stragglers.of(DELAY, true, Map.of(), 1);
    Stragglers second = Stragglers.of(DELAY, true, Map.of(), 2);
    for (int shift = 0; shift < 1000; shift++) {
      assertThat(first.totalNanos(0, shift, 0)).isNotEqualTo(second.totalNanos(0, 0, 0));
    }
  }

  @Test
  void theControlRunKeepsTheDelaysAndHasNoSlowWorkers() {
    Stragglers stragglers = Stragglers.of(DELAY, true, Map.of(3, 10.0), 7);
    Stragglers control = stragglers.withoutSlowWorkers();
    assertThat(control.anySlow()).isFalse();
    assertThat(control.factor(3)).isEqualTo(1);
    assertThat(control.totalNanos(1, 2, 0)).isEqualTo(stragglers.totalNanos(1, 2, 0));
    assertThat(stragglers.factors()).isEqualTo(Map.of(3, 10.0));
  }

  @Test
  void stragglersDescribeThemselvesInWords() {
    assertThat(Stragglers.none()).hasToString("none");
    assertThat(Stragglers.of(DELAY, true, Map.of(), 1)).hasToString("every batch >= exp:5.0 ms");
    assertThat(Stragglers.of(DELAY, false, Map.of(3, 10.0, 1, 2.0), 1))
        .hasToString("every batch >= 5.0 ms; worker 1: 2.0x; worker 3: 10.0x");
  }

  @Test
  void negativeDelaysFactorsBelowOneAndNegativeWorkersAreRefused() {
    refuses(-1, Map.of());
    refuses(0, Map.of(0, 0.5));
    refuses(0, Map.of(0, Double.NaN));
    refuses(0, Map.of(0, Double.POSITIVE_INFINITY));
    refuses(0, Map.of(-1, 2.0));
  }

  private static void refuses(long delayNanos, Map<Integer, Double> factors) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Stragglers.of(delayNanos, false, factors, 1));
  }
}
