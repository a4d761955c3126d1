package dev.triptych.datasets;

import dev.triptych.core.data.BlockBuilder;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.ExampleGenerator;
import java.util.SplittableRandom;

/**
 * Dense Gaussian features x = H D z: z standard normal, D² the variances from 1 down to 1/condition
 * in equal ratios, H = I − 2vvᵀ a random reflection, so that no coordinate is special. Real labels
 * are y = w·x + noise with E(w·x)² = 1: without noise w is the optimum of least squares, with value
 * 0. Binary labels are ±1 with probability sigmoid(2 w·x).
 */
final class Gaussian implements ExampleGenerator {
  private static final long serialVersionUID = 1L;
  private static final double MARGIN = 2;
  private static final long ROW = 1;
  private static final long WEIGHTS = 2;
  private static final long REFLECTION = 3;

  private final double[] deviations;
  private final double[] reflection;
  private final double[] weights;
  private final double noise;
  private final boolean binary;
  private final long seed;

  Gaussian(int numFeatures, double condition, double noise, boolean binary, long seed) {
    this.deviations = new double[numFeatures];
    for (int j = 0; j < numFeatures; j++) {
      double share = numFeatures == 1 ? 0 : (double) j / (numFeatures - 1);
      deviations[j] = Math.pow(condition, -share / 2);
    }
    this.reflection = unit(normals(numFeatures, Draws.at(seed, REFLECTION, 0)));
    // In the coordinates of z, w·x = Σ_j (H w)_j D_j z_j: choose Hw with unit score variance.
    double[] inner = normals(numFeatures, Draws.at(seed, WEIGHTS, 0));
    double variance = 0;
    for (int j = 0; j < numFeatures; j++) {
      variance += inner[j] * inner[j] * deviations[j] * deviations[j];
    }
    for (int j = 0; j < numFeatures; j++) {
      inner[j] /= Math.sqrt(variance);
    }
    reflect(inner);
    this.weights = inner;
    this.noise = noise;
    this.binary = binary;
    this.seed = seed;
  }

  @Override
  public int numFeatures() {
    return deviations.length;
  }

  @Override
  public ExampleBlock rows(long from, long to) {
    BlockBuilder rows = new BlockBuilder(deviations.length);
    double[] x = new double[deviations.length];
    for (long i = from; i < to; i++) {
      SplittableRandom random = Draws.at(seed, ROW, i);
      for (int j = 0; j < x.length; j++) {
        x[j] = deviations[j] * Draws.normal(random);
      }
      reflect(x);
      double score = 0;
      for (int j = 0; j < x.length; j++) {
        score += weights[j] * x[j];
      }
      double label;
      if (binary) {
        label = random.nextDouble() < Draws.sigmoid(MARGIN * score) ? 1 : -1;
      } else {
        label = noise == 0 ? score : score + noise * Draws.normal(random);
      }
      rows.addDense(label, x);
    }
    return rows.build();
  }

  /** The weights that made the labels. */
  double[] weights() {
    return weights.clone();
  }

  private void reflect(double[] x) {
    double dot = 0;
    for (int j = 0; j < x.length; j++) {
      dot += reflection[j] * x[j];
    }
    for (int j = 0; j < x.length; j++) {
      x[j] -= 2 * dot * reflection[j];
    }
  }

  static double[] normals(int length, SplittableRandom random) {
    double[] values = new double[length];
    for (int j = 0; j < length; j++) {
      values[j] = Draws.normal(random);
    }
    return values;
  }

  static double[] unit(double[] x) {
    double squares = 0;
    for (double value : x) {
      squares += value * value;
    }
    double norm = Math.sqrt(squares);
    for (int j = 0; j < x.length; j++) {
      x[j] /= norm;
    }
    return x;
  }
}
