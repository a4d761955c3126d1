package dev.triptych.spark.data;

import dev.triptych.core.data.ExampleBlock;
import java.io.Serializable;

/** Sums over all blocks. A plain final class: it comes back through Spark's serializer. */
final class Totals implements Serializable {
  private static final long serialVersionUID = 1L;

  long numStored;
  double squaredNorms;
  final int[] counts;

  /** Sums of one block. */
  Totals(ExampleBlock block) {
    numStored = block.numStored();
    for (int r = 0; r < block.numRows(); r++) {
      squaredNorms += block.squaredNorm(r);
    }
    counts = new int[block.numFeatures()];
    block.countStored(counts);
  }

  Totals add(Totals other) {
    numStored += other.numStored;
    squaredNorms += other.squaredNorms;
    for (int j = 0; j < counts.length; j++) {
      counts[j] += other.counts[j];
    }
    return this;
  }
}
