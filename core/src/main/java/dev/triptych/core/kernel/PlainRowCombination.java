package dev.triptych.core.kernel;

import org.jspecify.annotations.Nullable;

/** Plain loops, four rows at a time, so that the result is read and written a fourth as often. */
final class PlainRowCombination implements RowCombination {
  static final RowCombination INSTANCE = new PlainRowCombination();

  private PlainRowCombination() {}

  @Override
  public void add(
      int[] indices,
      double @Nullable [] x,
      int from,
      int to,
      double[] matrix,
      int base,
      int stride,
      double[] into,
      int at,
      int width) {
    int k = from;
    for (; k < to - 3; k += 4) {
      double x0 = x == null ? 1 : x[k];
      double x1 = x == null ? 1 : x[k + 1];
      double x2 = x == null ? 1 : x[k + 2];
      double x3 = x == null ? 1 : x[k + 3];
      int r0 = base + indices[k] * stride;
      int r1 = base + indices[k + 1] * stride;
      int r2 = base + indices[k + 2] * stride;
      int r3 = base + indices[k + 3] * stride;
      for (int p = 0; p < width; p++) {
        into[at + p] +=
            x0 * matrix[r0 + p] + x1 * matrix[r1 + p] + (x2 * matrix[r2 + p] + x3 * matrix[r3 + p]);
      }
    }
    for (; k < to; k++) {
      double x0 = x == null ? 1 : x[k];
      int r0 = base + indices[k] * stride;
      for (int p = 0; p < width; p++) {
        into[at + p] += x0 * matrix[r0 + p];
      }
    }
  }
}
