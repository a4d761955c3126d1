package dev.triptych.spark.data;

import dev.triptych.core.data.CompactBlock;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.FeatureFrequency;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Compact blocks whose frequencies are those of the whole data set. Every block sends the counts of
 * its features to N ranges of the features, one per task; a range adds them up and sends each block
 * its own features' sums back. Nothing of the size of the features comes to the driver or is held
 * by anyone.
 */
final class Compaction {
  private Compaction() {}

  /** Partition i holds block i over the features it stores; persisted at first use. */
  static JavaRDD<CompactBlock> of(
      JavaRDD<ExampleBlock> blocks, int numFeatures, int numWorkers, long numRows) {
    Slices ranges = new Slices(numFeatures, numWorkers);
    JavaRDD<Counts> totals =
        byNumber(
                blocks.mapPartitionsWithIndex(
                    (worker, mine) -> cut(worker, mine.next(), ranges), true),
                numWorkers)
            .mapPartitions(Compaction::sums);
    return blocks
        .zipPartitions(
            byNumber(totals, numWorkers), (mine, sums) -> compact(mine.next(), sums, numRows))
        .setName("compact training set")
        .persist(StorageLevel.MEMORY_AND_DISK());
  }

  private static JavaRDD<Counts> byNumber(JavaRDD<Counts> counts, int numWorkers) {
    return JavaPairRDD.fromJavaRDD(counts.map(piece -> new Tuple2<>(piece.to, piece)))
        .partitionBy(new ByWorker(numWorkers))
        .values();
  }

  private static Iterator<Counts> cut(int worker, ExampleBlock block, Slices ranges) {
    CompactBlock alone = CompactBlock.of(block);
    int[] features = alone.features();
    int[] counts = new int[features.length];
    Arrays.setAll(counts, alone.frequency()::count);
    List<Counts> pieces = new ArrayList<>();
    int from = 0;
    for (int range = 0; range < ranges.numWorkers(); range++) {
      long end = ranges.start(range) + ranges.size(range);
      int to = from;
      while (to < features.length && features[to] < end) {
        to++;
      }
      if (to > from) {
        pieces.add(
            new Counts(
                range,
                worker,
                Arrays.copyOfRange(features, from, to),
                Arrays.copyOfRange(counts, from, to)));
      }
      from = to;
    }
    return pieces.iterator();
  }

  /** Adds up the pieces of one range, and answers each with the sums of its own features. */
  private static Iterator<Counts> sums(Iterator<Counts> pieces) {
    List<Counts> all = new ArrayList<>();
    int[] union = new int[0];
    while (pieces.hasNext()) {
      Counts piece = pieces.next();
      all.add(piece);
      union = merge(union, piece.features);
    }
    int[] sums = new int[union.length];
    for (Counts piece : all) {
      int place = 0;
      for (int k = 0; k < piece.features.length; k++) {
        while (union[place] != piece.features[k]) {
          place++;
        }
        sums[place] += piece.counts[k];
      }
    }
    List<Counts> answers = new ArrayList<>();
    for (Counts piece : all) {
      int[] counts = new int[piece.features.length];
      int place = 0;
      for (int k = 0; k < counts.length; k++) {
        while (union[place] != piece.features[k]) {
          place++;
        }
        counts[k] = sums[place];
      }
      answers.add(new Counts(piece.from, piece.to, piece.features, counts));
    }
    return answers.iterator();
  }

  private static int[] merge(int[] a, int[] b) {
    int[] union = new int[a.length + b.length];
    int i = 0;
    int j = 0;
    int next = 0;
    while (i < a.length || j < b.length) {
      if (j == b.length || (i < a.length && a[i] < b[j])) {
        union[next++] = a[i++];
      } else {
        if (i < a.length && a[i] == b[j]) {
          i++;
        }
        union[next++] = b[j++];
      }
    }
    return Arrays.copyOf(union, next);
  }

  private static Iterator<CompactBlock> compact(
      ExampleBlock block, Iterator<Counts> sums, long numRows) {
    List<Counts> pieces = new ArrayList<>();
    sums.forEachRemaining(pieces::add);
    pieces.sort(Comparator.comparingInt(piece -> piece.from));
    int length = pieces.stream().mapToInt(piece -> piece.features.length).sum();
    int[] features = new int[length];
    int[] counts = new int[length];
    int next = 0;
    for (Counts piece : pieces) {
      System.arraycopy(piece.features, 0, features, next, piece.features.length);
      System.arraycopy(piece.counts, 0, counts, next, piece.counts.length);
      next += piece.features.length;
    }
    return List.of(CompactBlock.of(block, features, new FeatureFrequency(numRows, counts)))
        .iterator();
  }

  /**
   * How many rows store each of some features; on its way from a block to a range, or back. A plain
   * final class: Spark's Kryo cannot read records.
   */
  private static final class Counts implements Serializable {
    private static final long serialVersionUID = 1L;
    final int to;
    final int from;
    final int[] features;
    final int[] counts;

    Counts(int to, int from, int[] features, int[] counts) {
      this.to = to;
      this.from = from;
      this.features = features;
      this.counts = counts;
    }
  }
}
