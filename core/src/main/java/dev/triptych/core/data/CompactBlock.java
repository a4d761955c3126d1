package dev.triptych.core.data;

import java.io.Serializable;
import java.util.Arrays;

/**
 * A block over the features that it stores, and no others: column k of {@link #rows()} is feature
 * {@code features()[k]}. What a worker keeps thus grows with its examples, not with the number of
 * features d.
 *
 * <p>Immutable and thread-safe; the arrays are not copied. A plain final class: Spark's Kryo
 * serializer cannot read records.
 */
public final class CompactBlock implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int[] features;
  private final ExampleBlock rows;
  private final FeatureFrequency frequency;

  private CompactBlock(int[] features, ExampleBlock rows, FeatureFrequency frequency) {
    this.features = features;
    this.rows = rows;
    this.frequency = frequency;
  }

  /**
   * The block over the given features.
   *
   * @param features {@link #featuresOf} the block
   * @param frequency p_k by column: {@code features[k]} is stored in this share of all examples
   * @throws IllegalArgumentException if the block stores another feature
   */
  public static CompactBlock of(ExampleBlock block, int[] features, FeatureFrequency frequency) {
    return new CompactBlock(features, block.withColumns(features), frequency);
  }

  /** The block by itself, its frequencies counted among its own rows. */
  public static CompactBlock of(ExampleBlock block) {
    int[] features = featuresOf(block);
    ExampleBlock rows = block.withColumns(features);
    int[] counts = new int[features.length];
    rows.countStored(counts);
    return new CompactBlock(features, rows, new FeatureFrequency(block.numRows(), counts));
  }

  /** The features that some row of the block stores, ascending. */
  public static int[] featuresOf(ExampleBlock block) {
    int[] stored = new int[Math.toIntExact(block.numStored())];
    int next = 0;
    for (int r = 0; r < block.numRows(); r++) {
      int length = block.rowLength(r);
      for (int k = 0; k < length; k++) {
        stored[next++] = block.columnAt(r, k);
      }
    }
    Arrays.sort(stored);
    int distinct = 0;
    for (int e = 0; e < stored.length; e++) {
      if (e == 0 || stored[e] != stored[distinct - 1]) {
        stored[distinct++] = stored[e];
      }
    }
    return Arrays.copyOf(stored, distinct);
  }

  /** The features behind the columns, ascending. */
  public int[] features() {
    return features;
  }

  /** The examples over {@code features().length} columns. */
  public ExampleBlock rows() {
    return rows;
  }

  /** p by column, among all examples of the data set. */
  public FeatureFrequency frequency() {
    return frequency;
  }
}
