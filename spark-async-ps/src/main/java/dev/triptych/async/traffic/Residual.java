package dev.triptych.async.traffic;

import java.util.Arrays;

/**
 * What a worker owes: per parameter, the part of its gradients that was not pushed yet. Pages that
 * were never written take no memory. Not thread-safe.
 */
final class Residual {
  private static final int PAGE_BITS = 12;
  private static final int PAGE = 1 << PAGE_BITS;
  private static final double[] ZEROS = new double[PAGE];

  private final double[][] pages;

  Residual(int numParameters) {
    pages = new double[(int) ((numParameters + (long) PAGE - 1) >>> PAGE_BITS)][];
    Arrays.fill(pages, ZEROS);
  }

  double at(int key) {
    return pages[key >>> PAGE_BITS][key & PAGE - 1];
  }

  void set(int key, double value) {
    double[] page = pages[key >>> PAGE_BITS];
    if (page == ZEROS) {
      if (value == 0) {
        return;
      }
      page = new double[PAGE];
      pages[key >>> PAGE_BITS] = page;
    }
    page[key & PAGE - 1] = value;
  }
}
