package dev.triptych.spark.data;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.IndexPermutation;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/**
 * Where each row goes: its position among all rows after the shuffle or the sort. Depends on the
 * order of the rows only, never on how the input was split.
 */
final class Placement implements Serializable {
  private static final long serialVersionUID = 1L;

  private final @Nullable IndexPermutation permutation;
  private final LabelStarts @Nullable [][] labelStarts;
  private final @Nullable LabelSkew skew;

  private Placement(
      @Nullable IndexPermutation permutation,
      LabelStarts @Nullable [][] labelStarts,
      @Nullable LabelSkew skew) {
    this.permutation = permutation;
    this.labelStarts = labelStarts;
    this.skew = skew;
  }

  /** Rows stay in their order. */
  static Placement inOrder() {
    return new Placement(null, null, null);
  }

  /** A seeded shuffle. */
  static Placement shuffled(long numRows, long seed) {
    return new Placement(new IndexPermutation(numRows, seed), null, null);
  }

  /** Sorted by label, rows of one label in their order. Collects the labels that occur. */
  static Placement byLabel(JavaRDD<Chunk> chunks, ChunkIndex index) {
    return byLabel(chunks, index, totals -> null);
  }

  /** Labels in shares that differ between workers. */
  static Placement skewed(
      JavaRDD<Chunk> chunks, ChunkIndex index, Slices slices, double alpha, long seed) {
    return byLabel(chunks, index, totals -> new LabelSkew(totals, slices, alpha, seed));
  }

  private static Placement byLabel(JavaRDD<Chunk> chunks, ChunkIndex index, SkewRule skew) {
    List<List<LabelStarts>> found =
        chunks.map(chunk -> LabelStarts.count(chunk.block)).glom().collect();
    double[] distinct =
        found.stream()
            .flatMap(List::stream)
            .flatMapToDouble(counts -> Arrays.stream(counts.labels))
            .sorted()
            .distinct()
            .toArray();
    long[] next = new long[distinct.length];
    for (List<LabelStarts> partition : found) {
      for (LabelStarts counts : partition) {
        for (int k = 0; k < counts.labels.length; k++) {
          next[Arrays.binarySearch(distinct, counts.labels[k])] += counts.starts[k];
        }
      }
    }
    long[] totals = next.clone();
    long before = 0;
    for (int l = 0; l < next.length; l++) {
      long count = next[l];
      next[l] = before;
      before += count;
    }
    LabelStarts[][] starts = new LabelStarts[found.size()][];
    for (int p = 0; p < starts.length; p++) {
      starts[p] = found.get(p).toArray(new LabelStarts[0]);
    }
    for (Tuple2<Integer, Integer> place : index.inOrder()) {
      LabelStarts counts = starts[place._1()][place._2()];
      for (int k = 0; k < counts.labels.length; k++) {
        int l = Arrays.binarySearch(distinct, counts.labels[k]);
        long count = counts.starts[k];
        counts.starts[k] = next[l];
        next[l] += count;
      }
    }
    return new Placement(null, starts, skew.of(totals));
  }

  /** Positions of a chunk's rows, the chunk being the c-th of its partition. */
  long[] positions(int partition, int c, ExampleBlock block, long firstRow) {
    long[] positions = new long[block.numRows()];
    if (labelStarts != null) {
      LabelStarts starts = labelStarts[partition][c];
      long[] next = starts.starts.clone();
      for (int r = 0; r < positions.length; r++) {
        long sorted = next[Arrays.binarySearch(starts.labels, block.label(r) + 0.0)]++;
        positions[r] = skew == null ? sorted : skew.position(sorted);
      }
      return positions;
    }
    for (int r = 0; r < positions.length; r++) {
      positions[r] = permutation == null ? firstRow + r : permutation.apply(firstRow + r);
    }
    return positions;
  }

  /** Gets the number of rows of each label, ascending by label. */
  private interface SkewRule {
    @Nullable LabelSkew of(long[] totals);
  }

  /** Per label of a chunk: first how often it occurs, later where its rows start. */
  static final class LabelStarts implements Serializable {
    private static final long serialVersionUID = 1L;
    final double[] labels;
    final long[] starts;

    private LabelStarts(double[] labels, long[] starts) {
      this.labels = labels;
      this.starts = starts;
    }

    static LabelStarts count(ExampleBlock block) {
      double[] sorted = new double[block.numRows()];
      for (int r = 0; r < sorted.length; r++) {
        sorted[r] = block.label(r) + 0.0;
      }
      Arrays.sort(sorted);
      double[] labels = Arrays.stream(sorted).distinct().toArray();
      long[] counts = new long[labels.length];
      int l = 0;
      for (double label : sorted) {
        while (labels[l] != label) {
          l++;
        }
        counts[l]++;
      }
      return new LabelStarts(labels, counts);
    }
  }
}
