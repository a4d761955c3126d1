package dev.triptych.spark.data;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.FeatureFrequency;
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
 * @param frequency p_j of every feature
 * @param test examples held out for the test metric, persisted, or null
 */
public record TrainingData(
    JavaRDD<ExampleBlock> blocks,
    int numFeatures,
    long[] rowsPerWorker,
    long numStored,
    double meanSquaredNorm,
    FeatureFrequency frequency,
    @Nullable JavaRDD<ExampleBlock> test) {

  /** The same training data with a test set. */
  public TrainingData withTest(JavaRDD<ExampleBlock> testBlocks) {
    return new TrainingData(
        blocks, numFeatures, rowsPerWorker, numStored, meanSquaredNorm, frequency, testBlocks);
  }

  public int numWorkers() {
    return rowsPerWorker.length;
  }

  /** n. */
  public long numRows() {
    return Arrays.stream(rowsPerWorker).sum();
  }
}
