package dev.triptych.async.store;

import dev.triptych.async.traffic.ValueFormat;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * ∂F/∂w of one slice: dense (one value per position) or sparse (ascending positions and their
 * values, zero elsewhere). Immutable once built; the arrays are not copied.
 */
public final class Gradient {
  private final Selection selection;
  private final double[] values;
  private final int numComputed;

  private Gradient(Selection selection, double[] values, int numComputed) {
    this.selection = selection;
    this.values = values;
    this.numComputed = numComputed;
  }

  /** One value per position of the slice. */
  public static Gradient dense(double[] values) {
    return of(Selection.all(), values);
  }

  /**
   * @param positions in the slice, ascending
   * @param values {@code values[k]} belongs to {@code positions[k]}
   * @throws IllegalArgumentException if the arrays differ in length
   */
  public static Gradient sparse(int[] positions, double[] values) {
    return of(Selection.of(positions), values);
  }

  /**
   * @param selection the positions, and the format that the values travel in
   * @param values one per position
   * @throws IllegalArgumentException if there are more or fewer
   */
  public static Gradient of(Selection selection, double[] values) {
    return of(selection, values, values.length);
  }

  /**
   * Like {@link #of(Selection, double[])}.
   *
   * @param numComputed values that the worker had computed, those it kept back included
   */
  public static Gradient of(Selection selection, double[] values, int numComputed) {
    if (selection.count(values.length) != values.length) {
      throw new IllegalArgumentException(
          selection.count(0) + " positions, but " + values.length + " values");
    }
    return new Gradient(selection, values, numComputed);
  }

  /** The same gradient to be sent with its keys in full and its values as they are, to the bit. */
  public Gradient plain() {
    return new Gradient(
        selection.named(Selection.Naming.NONE).in(ValueFormat.FLOAT64), values, numComputed);
  }

  /**
   * The mean of the given gradients, summed in the order of the list and divided by their number.
   * Sparse if all are sparse; same bits as the dense mean either way.
   *
   * @param length of the slice
   */
  public static Gradient mean(List<Gradient> gradients, int length) {
    boolean sparse = gradients.stream().noneMatch(gradient -> gradient.selection.isAll());
    int[] union = sparse ? union(gradients) : null;
    double[] sums = new double[union == null ? length : union.length];
    for (Gradient gradient : gradients) {
      gradient.addTo(sums, union);
    }
    int count = gradients.size();
    for (int k = 0; k < sums.length; k++) {
      sums[k] /= count;
    }
    return union == null ? dense(sums) : sparse(union, sums);
  }

  private void addTo(double[] sums, int @Nullable [] union) {
    int[] positions = positions();
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
      int[] positions = gradient.positions();
      if (positions != null) {
        System.arraycopy(positions, 0, all, next, positions.length);
        next += positions.length;
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
    return selection.positions();
  }

  /** The positions with all that is known about them. */
  public Selection selection() {
    return selection;
  }

  /** Values that the worker had computed, those it kept back included. */
  public int numComputed() {
    return numComputed;
  }

  /** The values, one per position. */
  public double[] values() {
    return values;
  }

  /** Whether it has the shape of a slice of {@code length}. */
  public boolean fits(int length) {
    return selection.isAll() ? values.length == length : selection.fits(length);
  }

  /**
   * Whether no value is NaN, infinite, or beyond 1e154 so that its square would be infinite in an
   * optimizer's state.
   */
  public boolean isFinite() {
    // Sums stay 0 unless some square is infinite or NaN; four of them do not wait for each other.
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int k = 0;
    for (; k + 3 < values.length; k += 4) {
      a += values[k] * values[k] * 0;
      b += values[k + 1] * values[k + 1] * 0;
      c += values[k + 2] * values[k + 2] * 0;
      d += values[k + 3] * values[k + 3] * 0;
    }
    for (; k < values.length; k++) {
      a += values[k] * values[k] * 0;
    }
    return a + b + c + d == 0;
  }

  /** What {@link #isFinite()} asks of every value. */
  public static boolean isFinite(double value) {
    return value * value * 0 == 0;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Gradient that
        && selection.equals(that.selection)
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * selection.hashCode() + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return (selection.isAll() ? "dense" : "sparse") + " gradient of " + values.length + " values";
  }
}
