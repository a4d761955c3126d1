package dev.triptych.async.train;

import dev.triptych.core.data.BatchSampler;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.OptimizerState;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.spark.data.TrainingData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;

/** Small problems for the trainer's tests, and what serial code makes of them. */
final class Problems {
  static final long SEED = 20261123;
  static final int FEATURES = 7;

  private Problems() {}

  static RunSettings settings(
      int workers, double epochs, int batch, double stepSize, Optimizer optimizer) {
    return settings(workers, epochs, batch, stepSize, optimizer, null, Stragglers.none());
  }

  static RunSettings settings(
      int workers,
      double epochs,
      int batch,
      double stepSize,
      Optimizer optimizer,
      @Nullable Double target,
      Stragglers stragglers) {
    return settings(
        workers, epochs, batch, stepSize, optimizer, target, stragglers, Duration.ofSeconds(30));
  }

  static RunSettings settings(
      int workers,
      double epochs,
      int batch,
      double stepSize,
      Optimizer optimizer,
      @Nullable Double target,
      Stragglers stragglers,
      Duration maxWait) {
    return new RunSettings(
        workers,
        epochs,
        batch,
        StepSize.constant(stepSize),
        optimizer,
        target,
        SEED,
        stragglers,
        maxWait,
        20);
  }

  /** N workers' averaged mini-batches, or one worker's, in one loop without Spark. */
  static double[] serial(
      Objective objective, List<ExampleBlock> blocks, RunSettings run, long updates) {
    return serial(objective, blocks, run, 1, updates);
  }

  /** The same when every gradient is the mean of {@code pushEvery} mini-batches'. */
  static double[] serial(
      Objective objective,
      List<ExampleBlock> blocks,
      RunSettings run,
      int pushEvery,
      long updates) {
    int numParameters = objective.model().numParameters();
    double[] weights = new double[numParameters];
    double[] gradient = new double[numParameters];
    OptimizerState state = run.optimizer().newState(numParameters);
    for (long step = 0; step < updates; step++) {
      double[] mean = new double[numParameters];
      for (int k = 0; k < blocks.size(); k++) {
        ExampleBlock block = blocks.get(k);
        BatchSampler sampler = new BatchSampler(block.numRows(), run.batchSize(), run.seed(), k);
        for (int h = 0; h < pushEvery; h++) {
          int from = sampler.seek(step * pushEvery + h);
          objective.batchGradient(
              block, sampler.rows(), from, from + sampler.batchSize(), weights, gradient);
          for (int j = 0; j < numParameters; j++) {
            mean[j] += gradient[j];
          }
        }
      }
      for (int j = 0; j < numParameters; j++) {
        mean[j] /= blocks.size() * pushEvery;
      }
      run.optimizer().apply(weights, mean, run.stepSize().initial(), state);
    }
    return weights;
  }

  static double objective(Objective objective, List<ExampleBlock> blocks, double[] weights) {
    double sum = 0;
    long rows = 0;
    for (ExampleBlock block : blocks) {
      sum += objective.model().lossSum(block, weights);
      rows += block.numRows();
    }
    return objective.value(sum, rows, weights);
  }

  static List<ExampleBlock> logistic(int workers, int rowsPerWorker) {
    SplittableRandom random = new SplittableRandom(SEED);
    List<ExampleBlock> blocks = new ArrayList<>();
    for (int worker = 0; worker < workers; worker++) {
      double[] labels = new double[rowsPerWorker];
      double[] values = new double[rowsPerWorker * FEATURES];
      for (int r = 0; r < rowsPerWorker; r++) {
        double score = 0;
        for (int j = 0; j < FEATURES; j++) {
          double v = random.nextDouble(-1, 1);
          values[r * FEATURES + j] = v;
          score += v * (j - 2);
        }
        labels[r] = score + random.nextDouble(-1, 1) > 0 ? 1 : -1;
      }
      blocks.add(ExampleBlock.dense(FEATURES, labels, values));
    }
    return blocks;
  }

  /** Sparse rows with implicit ones; few of many features per row, as in click logs. */
  static List<ExampleBlock> sparseLogistic(
      int workers, int rowsPerWorker, int numFeatures, int perRow) {
    SplittableRandom random = new SplittableRandom(SEED);
    List<ExampleBlock> blocks = new ArrayList<>();
    for (int worker = 0; worker < workers; worker++) {
      double[] labels = new double[rowsPerWorker];
      int[] offsets = new int[rowsPerWorker + 1];
      int[] columns = new int[rowsPerWorker * perRow];
      for (int r = 0; r < rowsPerWorker; r++) {
        int[] row = random.ints(0, numFeatures).distinct().limit(perRow).sorted().toArray();
        System.arraycopy(row, 0, columns, r * perRow, perRow);
        offsets[r + 1] = (r + 1) * perRow;
        long odd = Arrays.stream(row).filter(c -> c % 2 == 1).count();
        labels[r] = odd * 2 > perRow ? 1 : -1;
      }
      blocks.add(ExampleBlock.sparse(numFeatures, labels, offsets, columns, null));
    }
    return blocks;
  }

  static TrainingData data(JavaSparkContext spark, List<ExampleBlock> blocks) {
    JavaRDD<ExampleBlock> rdd =
        spark.parallelize(blocks, blocks.size()).persist(StorageLevel.MEMORY_ONLY());
    int numFeatures = blocks.get(0).numFeatures();
    long[] rows = blocks.stream().mapToLong(ExampleBlock::numRows).toArray();
    long stored = blocks.stream().mapToLong(ExampleBlock::numStored).sum();
    return TrainingData.of(rdd, numFeatures, rows, stored, 1);
  }
}
