package dev.triptych.core.model;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * The weights before the first update, each a function of its own position, so that a server can
 * start its slice without the others and all modes start alike. Immutable and thread-safe.
 */
public sealed interface InitialWeights extends Serializable {
  /** Weight of parameter {@code index}. */
  double at(int index);

  /** The weights of the slice that starts at {@code start}, at positions 0 to {@code length}−1. */
  InitialWeights slice(int start, int length);

  /** Whether all are 0. */
  boolean areZero();

  /** weights[j] ← the weight of parameter j. */
  default void fill(double[] weights) {
    if (areZero()) {
      Arrays.fill(weights, 0);
      return;
    }
    for (int j = 0; j < weights.length; j++) {
      weights[j] = at(j);
    }
  }

  /** The first {@code length} weights. */
  default double[] toArray(int length) {
    double[] weights = new double[length];
    fill(weights);
    return weights;
  }

  /** All 0, as convex objectives start. */
  static InitialWeights zero() {
    return new Drawn(0, 0, 1, 0, List.of());
  }

  /**
   * Drawn uniformly from [−scale, scale) by a hash of (seed, position).
   *
   * @param seed of all draws
   * @param start position of parameter 0 of this slice in the whole vector
   * @param period of the pattern that the first range repeats: P of the model, at least 1
   * @param zeros in the first range, so many at the start of each period are 0
   * @param ranges in ascending order, one after the other; what lies behind the last one is 0
   */
  record Drawn(long seed, long start, int period, int zeros, List<Range> ranges)
      implements InitialWeights {
    public Drawn {
      ranges = List.copyOf(ranges);
      if (period < 1 || zeros < 0) {
        throw new IllegalArgumentException("no pattern: " + zeros + " zeros in " + period);
      }
    }

    @Override
    public double at(int index) {
      long position = start + index;
      for (int r = 0; r < ranges.size(); r++) {
        Range range = ranges.get(r);
        if (position < range.end()) {
          return r == 0 && position % period < zeros ? 0 : range.scale() * uniform(position);
        }
      }
      return 0;
    }

    /** In [−1, 1): the finalizer of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
    private double uniform(long position) {
      long z = seed * 0xD1342543DE82EF95L + (position + 1) * 0x9E3779B97F4A7C15L;
      z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
      z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
      z ^= z >>> 31;
      return (z >> 11) * 0x1p-52;
    }

    @Override
    public Drawn slice(int from, int length) {
      return new Drawn(seed, start + from, period, zeros, ranges);
    }

    @Override
    public boolean areZero() {
      return ranges.isEmpty();
    }
  }

  /**
   * Positions below {@code end}.
   *
   * @param end first position behind it
   * @param scale largest modulus, finite and not negative
   */
  record Range(long end, double scale) implements Serializable {
    public Range {
      if (!(scale >= 0 && scale <= Double.MAX_VALUE)) {
        throw new IllegalArgumentException("a scale cannot be " + scale);
      }
    }
  }

  /**
   * As given: a warm start.
   *
   * @param values by position; not copied
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Given(double[] values) implements InitialWeights {
    @Override
    public double at(int index) {
      return values[index];
    }

    @Override
    public Given slice(int from, int length) {
      return new Given(Arrays.copyOfRange(values, from, from + length));
    }

    @Override
    public boolean areZero() {
      return false;
    }
  }
}
