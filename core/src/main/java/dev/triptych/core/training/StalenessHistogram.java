package dev.triptych.core.training;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Counts of the staleness τ of applied gradients: how many updates were applied between the pull a
 * gradient was computed from and its own application. Delays above {@link #MAX_BIN} share the last
 * bin; sum and maximum stay exact. Not thread-safe.
 */
public final class StalenessHistogram implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The last bin. */
  public static final int MAX_BIN = 4095;

  private long[] counts = new long[16];
  private long total;
  private long sum;
  private long max;

  /**
   * A histogram as {@link #counts()}, {@link #sum()} and {@link #max()} describe it.
   *
   * @throws IllegalArgumentException if a count is negative or there are too many bins
   */
  public static StalenessHistogram of(long[] counts, long sum, long max) {
    if (counts.length > MAX_BIN + 1) {
      throw new IllegalArgumentException("too many bins: " + counts.length);
    }
    StalenessHistogram histogram = new StalenessHistogram();
    histogram.counts = Arrays.copyOf(counts, Math.max(16, counts.length));
    for (long count : counts) {
      if (count < 0) {
        throw new IllegalArgumentException("negative count: " + count);
      }
      histogram.total += count;
    }
    histogram.sum = sum;
    histogram.max = max;
    return histogram;
  }

  /** Counts one applied gradient of staleness {@code delay} ≥ 0. */
  public void add(long delay) {
    if (delay < 0) {
      throw new IllegalArgumentException("staleness cannot be negative: " + delay);
    }
    int bin = (int) Math.min(delay, MAX_BIN);
    if (bin >= counts.length) {
      counts = Arrays.copyOf(counts, Math.min(MAX_BIN + 1, Math.max(bin + 1, counts.length * 2)));
    }
    counts[bin]++;
    total++;
    sum += delay;
    max = Math.max(max, delay);
  }

  /** counts()[τ] gradients had staleness τ; cut after the last non-zero bin. */
  public long[] counts() {
    int length = counts.length;
    while (length > 0 && counts[length - 1] == 0) {
      length--;
    }
    return Arrays.copyOf(counts, length);
  }

  /** Applied gradients. */
  public long total() {
    return total;
  }

  /** Σ τ. */
  public long sum() {
    return sum;
  }

  /** Largest τ. */
  public long max() {
    return max;
  }

  /** Mean τ, 0 when nothing was applied. */
  public double mean() {
    return total == 0 ? 0 : (double) sum / total;
  }
}
