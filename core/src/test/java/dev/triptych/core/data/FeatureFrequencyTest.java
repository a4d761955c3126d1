package dev.triptych.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FeatureFrequencyTest {
  private static final long SEED = 20261124;

  /** Rows that store each feature independently: what is counted is close to what is expected. */
  @Test
  void aMiniBatchTouchesAsManyFeaturesAsExpected() {
    int[] counts = {1000, 500, 100, 10, 0, 1};
    int batch = 20;
    SplittableRandom random = new SplittableRandom(SEED);
    int trials = 20_000;
    long touched = 0;
    for (int trial = 0; trial < trials; trial++) {
      for (int count : counts) {
        boolean stored = false;
        for (int row = 0; row < batch; row++) {
          stored |= random.nextInt(1000) < count;
        }
        touched += stored ? 1 : 0;
      }
    }
    assertThat(new FeatureFrequency(1000, counts).expectedTouched(batch))
        .as("seed %d", SEED)
        .isCloseTo((double) touched / trials, within(0.02));
  }

  @Test
  void oneRowTouchesTheMeanNumberOfStoredFeatures() {
    assertThat(new FeatureFrequency(10, new int[] {10, 5, 1, 0}).expectedTouched(1))
        .isCloseTo(1.6, within(1e-12));
  }
}
