package dev.triptych.spark.data;

import dev.triptych.core.data.ExampleBlock;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive rows of one input file as they were read, or the reason why reading stopped there. A
 * plain final class: Spark's Kryo serializer cannot read records.
 */
final class Chunk implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Nowhere. */
  static final long NEVER = Long.MAX_VALUE;

  /** Position of the file in the list of input files. */
  final int file;

  /** Where it starts in its file: a byte of the unpacked text, or a row of a Parquet file. */
  final long start;

  final ExampleBlock block;

  /** Largest feature number named, stored or zero. */
  final int numFeatures;

  /** Position of the first line whose binary label is 0 (−1), or {@link #NEVER}. */
  final long firstZeroLabel;

  final long firstMinusOneLabel;

  /** Why reading stopped after these rows; null when it did not. */
  final @Nullable String error;

  /** Position of the bad line, or {@link #NEVER} when the error has no line. */
  final long errorAt;

  Chunk(
      int file,
      long start,
      ExampleBlock block,
      int numFeatures,
      long firstZeroLabel,
      long firstMinusOneLabel,
      @Nullable String error,
      long errorAt) {
    this.file = file;
    this.start = start;
    this.block = block;
    this.numFeatures = numFeatures;
    this.firstZeroLabel = firstZeroLabel;
    this.firstMinusOneLabel = firstMinusOneLabel;
    this.error = error;
    this.errorAt = errorAt;
  }

  /** A chunk of data that was never in a file. */
  static Chunk of(ExampleBlock block) {
    return new Chunk(0, 0, block, block.numFeatures(), NEVER, NEVER, null, NEVER);
  }
}
