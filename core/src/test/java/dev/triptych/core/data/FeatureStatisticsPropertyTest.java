package dev.triptych.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class FeatureStatisticsPropertyTest {
  private static final int ROWS = 9;

  @Property(tries = 200)
  void meansAndDeviationsAreWeighted(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] x = new double[ROWS];
    double[] c = new double[ROWS];
    BlockBuilder first = new BlockBuilder(2);
    BlockBuilder second = new BlockBuilder(2);
    double sum = 0;
    double squaredSum = 0;
    double mean = 0;
    for (int i = 0; i < ROWS; i++) {
      x[i] = random.nextInt(3) == 0 ? 0 : 100 + random.nextDouble(-1, 1);
      c[i] = i > 2 && random.nextInt(4) == 0 ? 0 : random.nextDouble(0.1, 5);
      BlockBuilder builder = i < 4 ? first : second;
      // The second feature is a constant.
      builder.addSparse(
          1,
          x[i] == 0 ? new int[] {1} : new int[] {0, 1},
          x[i] == 0 ? new double[] {0.1} : new double[] {x[i], 0.1},
          x[i] == 0 ? 1 : 2);
      builder.weigh(c[i]);
      sum += c[i];
      squaredSum += c[i] * c[i];
      mean += c[i] * x[i];
    }
    mean /= sum;
    double squares = 0;
    for (int i = 0; i < ROWS; i++) {
      squares += c[i] * (x[i] - mean) * (x[i] - mean);
    }
    FeatureStatistics statistics = new FeatureStatistics(2);
    statistics.add(first.build());
    FeatureStatistics others = new FeatureStatistics(2);
    others.add(second.build());
    statistics.merge(others);
    assertThat(statistics.mean(0)).isCloseTo(mean, within(1e-9));
    assertThat(statistics.standardDeviation(0))
        .isCloseTo(Math.sqrt(squares / (sum - squaredSum / sum)), within(1e-9));
    assertThat(statistics.standardDeviation(1)).as("of a constant").isZero();
  }
}
