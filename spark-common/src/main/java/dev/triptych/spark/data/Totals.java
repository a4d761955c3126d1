package dev.triptych.spark.data;

import dev.triptych.core.data.ExampleBlock;
import java.io.Serializable;

/** Sums over all blocks. A plain final class: it comes back through Spark's serializer. */
final class Totals implements Serializable {
  private static final long serialVersionUID = 1L;

  long numStored;
  double squaredNorms;

  /** Sums of one block. */
  Totals(ExampleBlock block) {
    numStored = block.numStored();
    for (int r = 0; r < block.numRows(); r++) {
      squaredNorms += block.weight(r) * block.squaredNorm(r);
    }
  }

  Totals add(Totals other) {
    numStored += other.numStored;
    squaredNorms += other.squaredNorms;
    return this;
  }
}
