package dev.triptych.testing;

import dev.triptych.core.data.BlockBuilder;
import dev.triptych.core.data.ExampleBlock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Small data sets for tests, the same for the same arguments, as one block per worker with equally
 * many rows. {@link ReferenceOptimum} knows their minima.
 */
public final class GeneratedData {
  private GeneratedData() {}

  /**
   * Well-conditioned dense least squares: x ~ N(0, I), y = w·x + N(0, noise²) with w_j = 1/(1+j).
   *
   * @param noise 0 makes the optimum w and f* = 0 (with λ = 0)
   */
  public static List<ExampleBlock> leastSquares(
      int numWorkers, int rowsPerWorker, int numFeatures, double noise, long seed) {
    Random random = new Random(seed);
    List<ExampleBlock> blocks = new ArrayList<>();
    for (int worker = 0; worker < numWorkers; worker++) {
      double[] labels = new double[rowsPerWorker];
      double[] values = new double[rowsPerWorker * numFeatures];
      for (int r = 0; r < rowsPerWorker; r++) {
        double score = 0;
        for (int j = 0; j < numFeatures; j++) {
          double value = random.nextGaussian();
          values[r * numFeatures + j] = value;
          score += value / (1 + j);
        }
        labels[r] = score + noise * random.nextGaussian();
      }
      blocks.add(ExampleBlock.dense(numFeatures, labels, values));
    }
    return blocks;
  }

  /**
   * Dense two-class data: x ~ N(0, I), P(y = +1) = 1/(1 + exp(−w·x)) with w_j = 2(−1)^j/(1+j);
   * labels −1 and +1. Not separable for more than a few rows.
   */
  public static List<ExampleBlock> logistic(
      int numWorkers, int rowsPerWorker, int numFeatures, long seed) {
    Random random = new Random(seed);
    List<ExampleBlock> blocks = new ArrayList<>();
    for (int worker = 0; worker < numWorkers; worker++) {
      double[] labels = new double[rowsPerWorker];
      double[] values = new double[rowsPerWorker * numFeatures];
      for (int r = 0; r < rowsPerWorker; r++) {
        double score = 0;
        for (int j = 0; j < numFeatures; j++) {
          double value = random.nextGaussian();
          values[r * numFeatures + j] = value;
          score += weight(j) * value;
        }
        labels[r] = label(score, random);
      }
      blocks.add(ExampleBlock.dense(numFeatures, labels, values));
    }
    return blocks;
  }

  /**
   * Sparse two-class data of ones, like one-hot encoded clicks: {@code perRow} distinct features a
   * row, small indices far more often than large ones; labels −1 and +1 as in {@link #logistic}.
   *
   * @param perRow at most {@code numFeatures}
   */
  public static List<ExampleBlock> sparseLogistic(
      int numWorkers, int rowsPerWorker, int numFeatures, int perRow, long seed) {
    Random random = new Random(seed);
    List<ExampleBlock> blocks = new ArrayList<>();
    double[] ones = new double[perRow];
    Arrays.fill(ones, 1);
    for (int worker = 0; worker < numWorkers; worker++) {
      BlockBuilder builder = new BlockBuilder(numFeatures);
      for (int r = 0; r < rowsPerWorker; r++) {
        int[] indices =
            random
                .doubles()
                .mapToInt(u -> (int) (numFeatures * u * u * u))
                .distinct()
                .limit(perRow)
                .sorted()
                .toArray();
        double score = 0;
        for (int j : indices) {
          score += weight(j);
        }
        builder.addSparse(label(score, random), indices, ones, perRow);
      }
      blocks.add(builder.build());
    }
    return blocks;
  }

  private static double weight(int j) {
    return (j % 2 == 0 ? 2.0 : -2.0) / (1 + j);
  }

  private static double label(double score, Random random) {
    return random.nextDouble() < 1 / (1 + Math.exp(-score)) ? 1 : -1;
  }
}
