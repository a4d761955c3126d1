package dev.triptych.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FirstArrivalsTest {
  private static final long SEED = 20261125;

  @Test
  void theFirstKMakeUpTheStepAndLaterOnesChangeNothing() {
    FirstArrivals arrivals = new FirstArrivals(4, 3);
    assertThat(arrivals.arrive(3, 0)).isFalse();
    assertThat(arrivals.arrive(3, 0)).as("told twice").isFalse();
    assertThat(arrivals.arrive(0, 0)).isFalse();
    assertThat(arrivals.missing()).containsExactly(1, 2);
    assertThat(arrivals.arrive(2, 0)).isTrue();
    assertThat(arrivals.latest()).containsExactly(0, 2, 3);
    assertThat(arrivals.current()).isEqualTo(1);

    assertThat(arrivals.arrive(1, 0)).as("too late").isFalse();
    assertThat(arrivals.missing()).containsExactly(0, 1, 2, 3);
    assertThat(arrivals.latest()).containsExactly(0, 2, 3);
    assertThatThrownBy(() -> arrivals.arrive(1, 2)).hasMessageContaining("the others at 1");
    assertThatThrownBy(() -> arrivals.arrive(4, 1)).isInstanceOf(IllegalArgumentException.class);
  }

  /** Exponential(1) service times: E[T] = H_n − H_(n−K). */
  @Test
  void aStepOfTheFirstKOfNExponentialWorkersTakesTheHarmonicDifference() {
    SplittableRandom random = new SplittableRandom(SEED);
    int numSteps = 40_000;
    for (int[] nk : new int[][] {{8, 8}, {8, 7}, {8, 4}, {8, 1}, {3, 2}}) {
      int numWorkers = nk[0];
      FirstArrivals arrivals = new FirstArrivals(numWorkers, nk[1]);
      double total = 0;
      long[] used = new long[numWorkers];
      for (int step = 0; step < numSteps; step++) {
        double[] times = random.doubles(numWorkers).map(u -> -Math.log1p(-u)).toArray();
        List<Integer> order =
            IntStream.range(0, numWorkers)
                .boxed()
                .sorted(Comparator.comparingDouble(worker -> times[worker]))
                .toList();
        for (int worker : order) {
          if (arrivals.arrive(worker, step)) {
            total += times[worker];
          }
        }
        arrivals.latest().forEach(worker -> used[worker]++);
      }
      double expected = harmonic(numWorkers) - harmonic(numWorkers - nk[1]);
      // Five standard errors: the variance of T is below the sum of 1/i².
      double tolerance = 5 * Math.sqrt(Math.PI * Math.PI / 6 / numSteps);
      assertThat(total / numSteps)
          .as("first %d of %d, seed %d", nk[1], numWorkers, SEED)
          .isCloseTo(expected, within(tolerance));
      for (long count : used) {
        assertThat((double) count / numSteps).isCloseTo((double) nk[1] / numWorkers, within(0.02));
      }
    }
  }

  private static double harmonic(int n) {
    return IntStream.rangeClosed(1, n).mapToDouble(i -> 1.0 / i).sum();
  }
}
