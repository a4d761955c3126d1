package dev.triptych.datasets;

import java.util.Arrays;

/**
 * Zipf's law: rank r has probability r^−s / Σ_{q≤n} q^−s, s = {@value #EXPONENT}, for any n in the
 * same small memory. The sums of the first {@value #HEAD} ranks are kept; further ones are the
 * midpoint integral Σ_{q=a+1}^{b} q^−s ≈ ((a+½)^{1−s} − (b+½)^{1−s}) / (s−1), whose relative error
 * is below s(s+1)/(24a²) &lt; 1e-10, and which can be inverted. Immutable and thread-safe.
 */
final class Zipf {
  static final double EXPONENT = 1.1;

  /** Ranks whose sums are kept. */
  static final int HEAD = 1 << 16;

  private static final double[] SUMS = sums();

  private Zipf() {}

  private static double[] sums() {
    double[] sums = new double[HEAD];
    double sum = 0;
    for (int r = 0; r < HEAD; r++) {
      sum += Math.pow(r + 1, -EXPONENT);
      sums[r] = sum;
    }
    return sums;
  }

  /** Σ_{q≤numRanks} q^−s, for at least one rank. */
  static double sum(int numRanks) {
    return numRanks <= HEAD
        ? SUMS[numRanks - 1]
        : SUMS[HEAD - 1] + (power(HEAD) - power(numRanks)) / (EXPONENT - 1);
  }

  /**
   * The rank, less 1, whose share of [0, {@link #sum}) holds a number.
   *
   * @param at from 0 to less than {@code sum(numRanks)}
   */
  static int index(double at, int numRanks) {
    int kept = Math.min(numRanks, HEAD);
    if (numRanks > HEAD && at > SUMS[HEAD - 1]) {
      double left = power(HEAD) - (EXPONENT - 1) * (at - SUMS[HEAD - 1]);
      double rank = Math.ceil(Math.pow(left, 1 / (1 - EXPONENT)) - 0.5);
      return (int) Math.min(numRanks, Math.max(HEAD + 1, rank)) - 1;
    }
    int found = Arrays.binarySearch(SUMS, 0, kept, at);
    return Math.min(found < 0 ? -found - 1 : found + 1, numRanks - 1);
  }

  /** (rank + ½)^{1−s}. */
  private static double power(int rank) {
    return Math.pow(rank + 0.5, 1 - EXPONENT);
  }
}
