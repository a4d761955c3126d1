package dev.triptych.datasets;

import java.util.SplittableRandom;

/** Random numbers that depend on a seed and a position only. */
final class Draws {
  private Draws() {}

  /** An independent stream for each (seed, purpose, position). */
  static SplittableRandom at(long seed, long purpose, long position) {
    return new SplittableRandom(bits(seed, purpose, position));
  }

  /** 64 random bits for each (seed, purpose, position). */
  static long bits(long seed, long purpose, long position) {
    return mix(mix(seed + purpose * 0x9E3779B97F4A7C15L) + position);
  }

  /** Standard normal (Box and Muller, 1958). */
  static double normal(SplittableRandom random) {
    double radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
    return radius * Math.cos(2 * Math.PI * random.nextDouble());
  }

  static double sigmoid(double score) {
    return 1 / (1 + Math.exp(-score));
  }

  /** SplitMix64's finaliser (Steele, Lea and Flood, OOPSLA 2014). */
  private static long mix(long z) {
    long y = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    y = (y ^ y >>> 27) * 0x94D049BB133111EBL;
    return y ^ y >>> 31;
  }
}
