package dev.triptych.async.store;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * ∂F/∂w of one slice: dense (one value per position) or sparse (ascending positions and their
 * values, zero elsewhere). Immutable once built; the arrays are not copied.
 */
public final class Gradient {
  private final int @Nullable [] positions;
  private final double[] values;

  private Gradient(int @Nullable [] positions, double[] values) {
    this.positions = positions;
    this.values = values;
  }

  /** One value per position of the slice. */
  public static Gradient dense(double[] values) {
    return new Gradient(null, values);
  }

  /**
   * @param positions in the slice, ascending
   * @param values {@code values[k]} belongs to {@code positions[k]}
   * @throws IllegalArgumentException if the arrays differ in length
   */
  public static Gradient sparse(int[] positions, double[] values) {
    if (positions.length != values.length) {
      throw new IllegalArgumentException(
          positions.length + " positions, but " + values.length + " values");
    }
    return new Gradient(positions, values);
  }

  /**
   * The mean of the given gradients, summed in the order of the list and divided by their number.
   * Sparse if all are sparse; same bits as the dense mean either way.
   *
   * @param length of the slice
   */
  public static Gradient mean(List<Gradient> gradients, int length) {
    boolean sparse = gradients.stream().allMatch(gradient -> gradient.positions != null);
    int[] union = sparse ? union(gradients) : null;
    double[] sums = new double[union == null ? length : union.length];
    for (Gradient gradient : gradients) {
      gradient.addTo(sums, union);
    }
    int count = gradients.size();
    for (int k = 0; k < sums.length; k++) {
      sums[k] /= count;
    }
    return new Gradient(union, sums);
  }

  private void addTo(double[] sums, int @Nullable [] union) {
    if (positions == null) {
      for (int k = 0; k < values.length; k++) {
        sums[k] += values[k];
      }
    } else if (union == null) {
      for (int k = 0; k < values.length; k++) {
        sums[positions[k]] += values[k];
      }
    } else {
      int slot = 0;
      for (int k = 0; k < values.length; k++) {
        while (union[slot] != positions[k]) {
          slot++;
        }
        sums[slot] += values[k];
      }
    }
  }

  private static int[] union(List<Gradient> gradients) {
    int total = gradients.stream().mapToInt(gradient -> gradient.values.length).sum();
    int[] all = new int[total];
    int next = 0;
    for (Gradient gradient : gradients) {
      if (gradient.positions != null) {
        System.arraycopy(gradient.positions, 0, all, next, gradient.positions.length);
        next += gradient.positions.length;
      }
    }
    Arrays.sort(all);
    int distinct = 0;
    for (int k = 0; k < total; k++) {
      if (k == 0 || all[k] != all[distinct - 1]) {
        all[distinct++] = all[k];
      }
    }
    return Arrays.copyOf(all, distinct);
  }

  /** The positions, or null if dense. */
  public int @Nullable [] positions() {
    return positions;
  }

  /** The values, one per position. */
  public double[] values() {
    return values;
  }

  /** Whether it has the shape of a slice of {@code length}. */
  public boolean fits(int length) {
    return positions == null ? values.length == length : ascendWithin(positions, length);
  }

  /** Whether no value is infinite or NaN. */
  public boolean isFinite() {
    double probe = 0;
    for (double value : values) {
      probe += value * 0; // stays 0 unless some value is infinite or NaN
    }
    return probe == 0;
  }

  static boolean ascendWithin(int[] positions, int length) {
    int previous = -1;
    for (int position : positions) {
      if (position <= previous) {
        return false;
      }
      previous = position;
    }
    return previous < length;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Gradient that
        && Arrays.equals(positions, that.positions)
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(positions) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return (positions == null ? "dense" : "sparse") + " gradient of " + values.length + " values";
  }
}
