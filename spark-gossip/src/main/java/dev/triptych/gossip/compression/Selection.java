package dev.triptych.gossip.compression;

/** Hoare's quickselect. */
final class Selection {
  private Selection() {}

  /**
   * The k-th largest value.
   *
   * @param values no NaN; reordered
   * @param k from 1 to the number of values
   */
  static double largest(double[] values, int k) {
    int wanted = values.length - k;
    int low = 0;
    int high = values.length - 1;
    while (low < high) {
      double pivot = values[low + (high - low) / 2];
      int i = low;
      int j = high;
      while (i <= j) {
        while (values[i] < pivot) {
          i++;
        }
        while (values[j] > pivot) {
          j--;
        }
        if (i <= j) {
          double swap = values[i];
          values[i++] = values[j];
          values[j--] = swap;
        }
      }
      if (wanted <= j) {
        high = j;
      } else if (wanted >= i) {
        low = i;
      } else {
        return pivot;
      }
    }
    return values[wanted];
  }
}
