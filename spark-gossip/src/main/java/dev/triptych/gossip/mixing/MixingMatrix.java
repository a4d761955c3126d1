package dev.triptych.gossip.mixing;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The averaging weights W of one gossip round, x_i ← Σ_j w_ij x_j, as sparse rows: row i lists the
 * nodes that i listens to, itself included when w_ii ≠ 0, ascending. Sums are taken in that order,
 * so that results repeat bit for bit. Immutable and thread-safe.
 */
public final class MixingMatrix implements Serializable {
  private static final long serialVersionUID = 1L;

  /** How far from 1 a row or column sum may be. */
  public static final double SUM_TOLERANCE = 1e-9;

  private final String rule;
  private final int[][] sources;
  private final double[][] weights;

  /**
   * Takes the rows over.
   *
   * @param rule name of the rule that gave the weights
   * @param sources ascending node numbers by row
   * @param weights weights[i][k] = w_ij for j = sources[i][k], not zero
   * @throws IllegalArgumentException if shapes disagree, a weight is zero or not finite, or a row
   *     does not ascend
   */
  public MixingMatrix(String rule, int[][] sources, double[][] weights) {
    require(sources.length == weights.length && sources.length > 0, "rows differ in number");
    for (int i = 0; i < sources.length; i++) {
      require(sources[i].length == weights[i].length, "row " + i + " differs in length");
      for (int k = 0; k < sources[i].length; k++) {
        require(
            sources[i][k] > (k == 0 ? -1 : sources[i][k - 1]) && sources[i][k] < sources.length,
            "row " + i + " must ascend within the nodes");
        require(
            weights[i][k] != 0 && Double.isFinite(weights[i][k]),
            "row " + i + " holds a weight that is zero or not finite");
      }
    }
    this.rule = rule;
    this.sources = sources;
    this.weights = weights;
  }

  /** Name of the rule that gave the weights. */
  public String rule() {
    return rule;
  }

  /** n. */
  public int numNodes() {
    return sources.length;
  }

  /** The nodes j with w_ij ≠ 0, ascending; do not change. */
  public int[] sources(int node) {
    return sources[node];
  }

  /** w_ij for each j in {@link #sources}; do not change. */
  public double[] weights(int node) {
    return weights[node];
  }

  /** w_ij. */
  public double weight(int i, int j) {
    int k = Arrays.binarySearch(sources[i], j);
    return k < 0 ? 0 : weights[i][k];
  }

  /** Σ_j w_ij of each row i. */
  public double[] rowSums() {
    double[] sums = new double[sources.length];
    for (int i = 0; i < sums.length; i++) {
      for (double w : weights[i]) {
        sums[i] += w;
      }
    }
    return sums;
  }

  /** Σ_i w_ij of each column j. */
  public double[] columnSums() {
    double[] sums = new double[sources.length];
    for (int i = 0; i < sums.length; i++) {
      for (int k = 0; k < sources[i].length; k++) {
        sums[sources[i][k]] += weights[i][k];
      }
    }
    return sums;
  }

  /** No negative weight, and every row and column adds up to 1. */
  public boolean isDoublyStochastic() {
    for (double[] row : weights) {
      for (double w : row) {
        if (w < 0) {
          return false;
        }
      }
    }
    return addUpToOne(rowSums()) && addUpToOne(columnSums());
  }

  /** Whether w_ij = w_ji, bit for bit. */
  public boolean isSymmetric() {
    for (int i = 0; i < sources.length; i++) {
      for (int k = 0; k < sources[i].length; k++) {
        if (weights[i][k] != weight(sources[i][k], i)) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * The second largest modulus ρ of the eigenvalues, counting the eigenvalue 1 of the constant
   * vector once: the factor by which one round shrinks the distance to consensus, in the long run.
   */
  public double secondEigenvalue() {
    return Spectrum.secondModulus(this);
  }

  /**
   * y ← Wx.
   *
   * @param x length n
   * @param y length n, overwritten
   */
  public void multiply(double[] x, double[] y) {
    for (int i = 0; i < sources.length; i++) {
      int[] row = sources[i];
      double[] w = weights[i];
      double sum = 0;
      for (int k = 0; k < row.length; k++) {
        sum += w[k] * x[row[k]];
      }
      y[i] = sum;
    }
  }

  /** The sources of each row, for graph algorithms on W's support; do not change. */
  int[][] support() {
    return sources;
  }

  static boolean addUpToOne(double[] sums) {
    for (double sum : sums) {
      if (Math.abs(sum - 1) > SUM_TOLERANCE) {
        return false;
      }
    }
    return true;
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
