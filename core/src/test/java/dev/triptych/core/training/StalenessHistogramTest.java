package dev.triptych.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class StalenessHistogramTest {
  @Test
  void countsSumMeanAndMaximumAreThoseOfTheDelays() {
    StalenessHistogram histogram = of(0, 3, 3, 1, 20);
    long[] counts = histogram.counts();
    assertThat(counts).hasSize(21);
    assertThat(counts[0]).isEqualTo(1);
    assertThat(counts[1]).isEqualTo(1);
    assertThat(counts[2]).isZero();
    assertThat(counts[3]).isEqualTo(2);
    assertThat(counts[20]).isEqualTo(1);
    assertThat(histogram.total()).isEqualTo(5);
    assertThat(histogram.sum()).isEqualTo(27);
    assertThat(histogram.max()).isEqualTo(20);
    assertThat(histogram.mean()).isCloseTo(5.4, within(1e-15));
  }

  @Test
  void hugeDelaysShareTheLastBinAndSumAndMaximumStayExact() {
    StalenessHistogram histogram = of(StalenessHistogram.MAX_BIN, 1L << 40, 4000);
    assertThat(histogram.counts()).hasSize(StalenessHistogram.MAX_BIN + 1);
    assertThat(histogram.counts()[StalenessHistogram.MAX_BIN]).isEqualTo(2);
    assertThat(histogram.max()).isEqualTo(1L << 40);
    assertThat(histogram.sum()).isEqualTo(StalenessHistogram.MAX_BIN + (1L << 40) + 4000);
  }

  @Test
  void nothingAppliedIsAnEmptyHistogramWithMeanZero() {
    assertThat(of().counts()).isEmpty();
    assertThat(of().mean()).isZero();
    assertThat(of().max()).isZero();
  }

  @Test
  void negativeStalenessIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> of(-1)).withMessageContaining("-1");
  }

  private static StalenessHistogram of(long... delays) {
    StalenessHistogram histogram = new StalenessHistogram();
    for (long delay : delays) {
      histogram.add(delay);
    }
    return histogram;
  }
}
