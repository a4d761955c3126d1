package dev.triptych.spark.data;

import dev.triptych.core.InvalidInputException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/** What the driver knows about the chunks: how many rows, in which order, and the first error. */
final class ChunkIndex {
  private final List<List<Summary>> partitions;
  private final List<Summary> ordered;

  private ChunkIndex(List<List<Summary>> partitions, List<Summary> ordered) {
    this.partitions = partitions;
    this.ordered = ordered;
  }

  /** Reads all chunks once; with persisted chunks this is what fills them. */
  static ChunkIndex of(JavaRDD<Chunk> chunks) {
    List<List<Summary>> partitions = chunks.map(Summary::new).glom().collect();
    List<Summary> ordered = new ArrayList<>();
    for (int p = 0; p < partitions.size(); p++) {
      for (int c = 0; c < partitions.get(p).size(); c++) {
        Summary summary = partitions.get(p).get(c);
        summary.partition = p;
        summary.chunk = c;
        ordered.add(summary);
      }
    }
    ordered.sort(Comparator.comparingInt((Summary s) -> s.file).thenComparingLong(s -> s.start));
    return new ChunkIndex(partitions, ordered);
  }

  long numRows() {
    return ordered.stream().mapToLong(s -> s.numRows).sum();
  }

  long numEntries() {
    return ordered.stream().mapToLong(s -> s.numEntries).sum();
  }

  /** Largest feature number that any chunk names. */
  int numFeatures() {
    return ordered.stream().mapToInt(s -> s.numFeatures).max().orElse(0);
  }

  /** (partition, place in it) of every chunk, in the order of the rows. */
  List<Tuple2<Integer, Integer>> inOrder() {
    return ordered.stream().map(s -> new Tuple2<>(s.partition, s.chunk)).toList();
  }

  /** Number of rows before each chunk, by partition and place in it. */
  long[][] firstRows() {
    long[][] first = new long[partitions.size()][];
    for (int p = 0; p < first.length; p++) {
      first[p] = new long[partitions.get(p).size()];
    }
    long rows = 0;
    for (Summary s : ordered) {
      first[s.partition][s.chunk] = rows;
      rows += s.numRows;
    }
    return first;
  }

  /** Says where in which file. */
  interface Locator {
    /** {@code FILE:LINE}, or {@code FILE} when {@code position} is {@link Chunk#NEVER}. */
    String describe(int file, long position);
  }

  /**
   * @param labelField how messages call the label
   * @throws InvalidInputException for the first bad line in the order of the rows, if any
   */
  void throwFirstError(Locator locator, String labelField) {
    Summary bad = null;
    for (Summary s : ordered) {
      if (s.error != null) {
        bad = s;
        break;
      }
    }
    int lastFile = bad == null ? Integer.MAX_VALUE : bad.file;
    long zero = Chunk.NEVER;
    long minusOne = Chunk.NEVER;
    int file = -1;
    for (Summary s : ordered) {
      if (s.file != file) {
        file = s.file;
        zero = Chunk.NEVER;
        minusOne = Chunk.NEVER;
      }
      zero = Math.min(zero, s.firstZeroLabel);
      minusOne = Math.min(minusOne, s.firstMinusOneLabel);
      long mixed = Math.max(zero, minusOne);
      if (mixed != Chunk.NEVER && file <= lastFile) {
        if (bad == null || file < bad.file || mixed < bad.errorAt) {
          throw new InvalidInputException(
              locator.describe(file, mixed)
                  + ": "
                  + labelField
                  + ": expected labels 0 and 1 only or -1 and +1 only in one file, got \""
                  + (mixed == zero ? "0" : "-1")
                  + "\"");
        }
        break;
      }
    }
    if (bad != null) {
      throw new InvalidInputException(locator.describe(bad.file, bad.errorAt) + ": " + bad.error);
    }
  }

  /** A chunk without its rows. A plain final class: it comes back through Spark's serializer. */
  static final class Summary implements Serializable {
    private static final long serialVersionUID = 1L;
    final int file;
    final long start;
    final int numRows;
    final long numEntries;
    final int numFeatures;
    final long firstZeroLabel;
    final long firstMinusOneLabel;
    final @Nullable String error;
    final long errorAt;
    int partition;
    int chunk;

    Summary(Chunk chunk) {
      file = chunk.file;
      start = chunk.start;
      numRows = chunk.block.numRows();
      numEntries = chunk.block.numStored();
      numFeatures = Math.max(chunk.numFeatures, chunk.block.numFeatures());
      firstZeroLabel = chunk.firstZeroLabel;
      firstMinusOneLabel = chunk.firstMinusOneLabel;
      error = chunk.error;
      errorAt = chunk.errorAt;
    }
  }
}
