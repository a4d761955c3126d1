package dev.triptych.core.data;

/**
 * A mini-batch in compact coordinates: the sorted features it touches ({@link #keys()}) and the
 * same rows with column k standing for feature {@code keys()[k]}. A worker pulls K weights,
 * computes a gradient of length K and pushes it, whatever d is. {@link SparseBatcher} makes them.
 *
 * @see dev.triptych.core.model.Objective#sparseGradient for the unbiased share of the regularizer
 */
public final class SparseBatch {
  private final int[] keys;
  private final int[] occurrences;
  private final ExampleBlock rows;

  SparseBatch(int[] keys, int[] occurrences, ExampleBlock rows) {
    this.keys = keys;
    this.occurrences = occurrences;
    this.rows = rows;
  }

  /**
   * Rows {@code selected[from..to)} of a block; one who needs many keeps a {@link SparseBatcher}.
   */
  public static SparseBatch of(ExampleBlock block, int[] selected, int from, int to) {
    return new SparseBatcher(block).batch(selected, from, to);
  }

  /** The touched features, ascending. */
  public int[] keys() {
    return keys;
  }

  /** How many of the batch's rows store feature {@code keys()[k]}. */
  public int occurrences(int k) {
    return occurrences[k];
  }

  /** The batch's rows over {@code keys().length} columns. */
  public ExampleBlock rows() {
    return rows;
  }
}
