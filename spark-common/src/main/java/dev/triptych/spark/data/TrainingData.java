package dev.triptych.spark.data;

import dev.triptych.core.data.CompactBlock;
import dev.triptych.core.data.ExampleBlock;
import java.util.Arrays;
import org.apache.spark.api.java.JavaRDD;
import org.jspecify.annotations.Nullable;

/**
 * Persisted training data: partition i of {@link #blocks()} holds exactly one block, the examples
 * of worker i.
 *
 * @param blocks N partitions with one block each, persisted
 * @param numFeatures d
 * @param rowsPerWorker examples of each worker, length N
 * @param numStored stored entries in all blocks
 * @param meanSquaredNorm (1/n) Σ ‖x_i‖²
 * @param compact the same blocks over the features they store, for sparse blocks; computed and
 *     persisted at first use
 * @param test examples held out for the test metric, persisted, or null
 */
public record TrainingData(
    JavaRDD<ExampleBlock> blocks,
    int numFeatures,
    long[] rowsPerWorker,
    long numStored,
    double meanSquaredNorm,
    JavaRDD<CompactBlock> compact,
    @Nullable JavaRDD<ExampleBlock> test) {

  /** What is known without {@link #compact}, which follows from the blocks; no test set. */
  public static TrainingData of(
      JavaRDD<ExampleBlock> blocks,
      int numFeatures,
      long[] rowsPerWorker,
      long numStored,
      double meanSquaredNorm) {
    long numRows = Arrays.stream(rowsPerWorker).sum();
    return new TrainingData(
        blocks,
        numFeatures,
        rowsPerWorker,
        numStored,
        meanSquaredNorm,
        Compaction.of(blocks, numFeatures, rowsPerWorker.length, numRows),
        null);
  }

  /** The same training data with a test set. */
  public TrainingData withTest(JavaRDD<ExampleBlock> testBlocks) {
    return new TrainingData(
        blocks, numFeatures, rowsPerWorker, numStored, meanSquaredNorm, compact, testBlocks);
  }

  /** max 1/p_j over the features that some example of a sparse data set stores; a Spark job. */
  public double maxInverseFrequency() {
    return compact.map(block -> block.frequency().maxInverse()).reduce(Math::max);
  }

  /**
   * How many features a mini-batch of some worker is expected to store, of a sparse data set; a
   * Spark job.
   */
  public double touchedFeatures(int batchSize) {
    return compact.map(block -> block.frequency().expectedTouched(batchSize)).reduce(Math::max);
  }

  public int numWorkers() {
    return rowsPerWorker.length;
  }

  /** n. */
  public long numRows() {
    return Arrays.stream(rowsPerWorker).sum();
  }
}
