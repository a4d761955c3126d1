package dev.triptych.core;

import dev.triptych.core.data.ExampleBlock;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Seeded example blocks, weights and labels for tests. */
public final class RandomBlocks {
  private RandomBlocks() {}

  /** CSR block: every column is stored with probability ½; labels are −1 or +1. */
  public static ExampleBlock sparse(SplittableRandom random, int numRows, int numFeatures) {
    return sparse(random, numRows, numFeatures, false);
  }

  /** CSR block whose stored values are all 1 if {@code ones}. */
  public static ExampleBlock sparse(
      SplittableRandom random, int numRows, int numFeatures, boolean ones) {
    int[] rowOffsets = new int[numRows + 1];
    int[] columns = new int[numRows * numFeatures];
    double[] values = new double[numRows * numFeatures];
    int entry = 0;
    for (int r = 0; r < numRows; r++) {
      for (int j = 0; j < numFeatures; j++) {
        if (random.nextBoolean()) {
          columns[entry] = j;
          values[entry] = ones ? 1 : random.nextDouble() * 2 - 1;
          entry++;
        }
      }
      rowOffsets[r + 1] = entry;
    }
    return ExampleBlock.sparse(
        numFeatures,
        labels(random, numRows),
        rowOffsets,
        Arrays.copyOf(columns, entry),
        Arrays.copyOf(values, entry));
  }

  /** The same examples row-major, zeros stored. */
  public static ExampleBlock densified(ExampleBlock block) {
    int d = block.numFeatures();
    double[] labels = new double[block.numRows()];
    double[] values = new double[block.numRows() * d];
    for (int r = 0; r < block.numRows(); r++) {
      labels[r] = block.label(r);
      for (int k = 0; k < block.rowLength(r); k++) {
        values[r * d + block.columnAt(r, k)] = block.valueAt(r, k);
      }
    }
    return ExampleBlock.dense(d, labels, values);
  }

  /** Numbers in [−scale, scale). */
  public static double[] vector(SplittableRandom random, int length, double scale) {
    double[] vector = new double[length];
    for (int j = 0; j < length; j++) {
      vector[j] = scale * (random.nextDouble() * 2 - 1);
    }
    return vector;
  }

  /** Numbers in [0, scale). */
  public static double[] positive(SplittableRandom random, int length, double scale) {
    double[] vector = new double[length];
    for (int j = 0; j < length; j++) {
      vector[j] = scale * random.nextDouble();
    }
    return vector;
  }

  /** 0, 1, …, length − 1. */
  public static int[] identity(int length) {
    int[] rows = new int[length];
    for (int i = 0; i < length; i++) {
      rows[i] = i;
    }
    return rows;
  }

  private static double[] labels(SplittableRandom random, int numRows) {
    double[] labels = new double[numRows];
    for (int r = 0; r < numRows; r++) {
      labels[r] = random.nextBoolean() ? 1 : -1;
    }
    return labels;
  }
}
