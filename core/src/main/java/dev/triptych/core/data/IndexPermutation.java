package dev.triptych.core.data;

import java.io.Serializable;

/**
 * A seeded pseudo-random permutation π of 0..n−1 that is never stored: a Feistel network of six
 * rounds over the next power of four, walked until the value falls below n (Black and Rogaway,
 * Ciphers with arbitrary finite domains, CT-RSA 2002). It shuffles data that no single machine
 * holds, and depends only on (n, seed). Immutable and thread-safe.
 */
public final class IndexPermutation implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int ROUNDS = 6;

  private final long size;
  private final int halfBits;
  private final long mask;
  private final long[] keys = new long[ROUNDS];

  /** A permutation of {@code size ≥ 1} indices. */
  public IndexPermutation(long size, long seed) {
    if (size < 1 || size > 1L << 62) {
      throw new IllegalArgumentException("size must be in [1, 2^62], got " + size);
    }
    this.size = size;
    int bits = 64 - Long.numberOfLeadingZeros(size - 1);
    this.halfBits = Math.max(1, (bits + 1) / 2);
    this.mask = (1L << halfBits) - 1;
    long state = seed;
    for (int r = 0; r < ROUNDS; r++) {
      state += 0x9E3779B97F4A7C15L;
      keys[r] = mix(state);
    }
  }

  /** π(index). */
  public long apply(long index) {
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException(index + " is not in [0, " + size + ")");
    }
    long value = index;
    do {
      value = encipher(value);
    } while (value >= size);
    return value;
  }

  private long encipher(long value) {
    long left = value >>> halfBits;
    long right = value & mask;
    for (long key : keys) {
      long next = left ^ (mix(right ^ key) & mask);
      left = right;
      right = next;
    }
    return left << halfBits | right;
  }

  /** SplitMix64's finaliser (Steele, Lea and Flood, OOPSLA 2014). */
  private static long mix(long z) {
    long y = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    y = (y ^ y >>> 27) * 0x94D049BB133111EBL;
    return y ^ y >>> 31;
  }
}
