package dev.triptych.datasets;

/**
 * A pseudo-random order of 0..n−1 that needs no memory: a Feistel network of four rounds on the
 * smallest even number of bits that holds n, walked until it is below n again (Black and Rogaway,
 * Ciphers with Arbitrary Finite Domains, CT-RSA 2002). Immutable and thread-safe.
 *
 * @param size n, from 1 to 2^62
 * @param seed of the order
 */
record Shuffle(long size, long seed) {
  private static final int ROUNDS = 4;
  private static final long ROUND = 101;

  /** Where position {@code index} goes; different indices go to different places. */
  long at(long index) {
    int half = Math.max(1, (65 - Long.numberOfLeadingZeros(size - 1)) / 2);
    long mask = (1L << half) - 1;
    long place = index;
    do {
      long left = place >>> half;
      long right = place & mask;
      for (int round = 0; round < ROUNDS; round++) {
        long next = left ^ Draws.bits(seed, ROUND + round, right) & mask;
        left = right;
        right = next;
      }
      place = left << half | right;
    } while (place >= size);
    return place;
  }
}
