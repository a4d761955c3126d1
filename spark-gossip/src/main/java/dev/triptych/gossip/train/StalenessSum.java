package dev.triptych.gossip.train;

import dev.triptych.core.training.StalenessHistogram;
import java.util.Arrays;

/** The sum of some nodes' histograms. Not thread-safe. */
final class StalenessSum {
  private long[] counts = {};
  private long sum;
  private long max;

  void add(StalenessHistogram histogram) {
    long[] others = histogram.counts();
    counts = Arrays.copyOf(counts, Math.max(counts.length, others.length));
    for (int delay = 0; delay < others.length; delay++) {
      counts[delay] += others[delay];
    }
    sum += histogram.sum();
    max = Math.max(max, histogram.max());
  }

  StalenessHistogram histogram() {
    return StalenessHistogram.of(counts, sum, max);
  }
}
