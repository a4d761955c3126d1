package dev.triptych.async.store;

import java.nio.DoubleBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which weights of a slice are asked for: all, or some ascending positions. Immutable once built;
 * the array is not copied.
 */
public final class Selection {
  private static final Selection ALL = new Selection(null);

  private final int @Nullable [] positions;

  private Selection(int @Nullable [] positions) {
    this.positions = positions;
  }

  /** The whole slice. */
  public static Selection all() {
    return ALL;
  }

  /** Some positions in the slice, ascending. */
  public static Selection of(int[] positions) {
    return new Selection(positions);
  }

  /** The positions, or null for the whole slice. */
  public int @Nullable [] positions() {
    return positions;
  }

  /** Whether all positions ascend and lie in a slice of {@code length}. */
  public boolean fits(int length) {
    return positions == null || Gradient.ascendWithin(positions, length);
  }

  /** The selected weights: a view of the slice if all, else gathered. */
  public DoubleBuffer view(double[] weights) {
    if (positions == null) {
      return DoubleBuffer.wrap(weights);
    }
    double[] selected = new double[positions.length];
    for (int k = 0; k < selected.length; k++) {
      selected[k] = weights[positions[k]];
    }
    return DoubleBuffer.wrap(selected);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Selection that && Arrays.equals(positions, that.positions);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(positions);
  }

  @Override
  public String toString() {
    return positions == null ? "all" : positions.length + " positions";
  }
}
