package dev.triptych.spark.data;

import dev.triptych.core.data.CompactBlock;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.FeatureFrequency;
import java.util.Arrays;
import java.util.List;
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
 * @param meanSquaredNorm (1/n) Σ c_i ‖x_i‖², c_i being the examples' weights
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

  /**
   * p_j of every feature, collected from a sparse data set: an array of length d, for those who
   * hold whole models in this process anyway; a Spark job.
   */
  public FeatureFrequency collectedFrequency() {
    int[] counts = new int[numFeatures];
    List<int[][]> parts =
        compact
            .map(
                block -> {
                  int[] own = new int[block.features().length];
                  Arrays.setAll(own, block.frequency()::count);
                  return new int[][] {block.features(), own};
                })
            .collect();
    for (int[][] part : parts) {
      for (int k = 0; k < part[0].length; k++) {
        counts[part[0][k]] = part[1][k];
      }
    }
    return new FeatureFrequency(numRows(), counts);
  }

  /**
   * Examples of one mini-batch of every worker / n.
   *
   * @param batchSize examples per worker, 0 for all
   */
  public double epochsPerStep(int batchSize) {
    long examples = 0;
    for (long rows : rowsPerWorker) {
      examples += batchSize == 0 ? rows : Math.min(rows, batchSize);
    }
    return (double) examples / numRows();
  }

  public int numWorkers() {
    return rowsPerWorker.length;
  }

  /** n. */
  public long numRows() {
    return Arrays.stream(rowsPerWorker).sum();
  }
}
