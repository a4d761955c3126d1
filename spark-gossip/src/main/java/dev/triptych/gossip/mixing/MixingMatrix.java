package dev.triptych.gossip.mixing;

import java.io.Serializable;
import java.util.Arrays;
import java.util.TreeSet;

/**
 * The averaging weights W of one gossip round, x_i ← Σ_j w_ij x_j, as sparse rows: row i lists the
 * nodes that i listens to, itself included when w_ii ≠ 0, ascending. Sums are taken in that order,
 * so that results repeat bit for bit. Immutable and thread-safe.
 */
public final class MixingMatrix implements Averaging, Serializable {
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

  /** Every node keeps its value: a round without messages. */
  static MixingMatrix identity(int numNodes) {
    int[][] sources = new int[numNodes][];
    double[][] weights = new double[numNodes][];
    for (int i = 0; i < numNodes; i++) {
      sources[i] = new int[] {i};
      weights[i] = new double[] {1};
    }
    return new MixingMatrix("local step", sources, weights);
  }

  /** J, every node takes the mean of all: one round of the complete graph. */
  static MixingMatrix mean(int numNodes) {
    int[][] sources = new int[numNodes][];
    double[][] weights = new double[numNodes][];
    int[] all = new int[numNodes];
    Arrays.setAll(all, j -> j);
    for (int i = 0; i < numNodes; i++) {
      sources[i] = all;
      weights[i] = new double[numNodes];
      Arrays.fill(weights[i], 1.0 / numNodes);
    }
    return new MixingMatrix("global average", sources, weights);
  }

  /** Name of the rule that gave the weights. */
  public String rule() {
    return rule;
  }

  /** n. */
  @Override
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
    return !hasNegativeWeight() && addUpToOne(rowSums()) && addUpToOne(columnSums());
  }

  boolean hasNegativeWeight() {
    for (double[] row : weights) {
      for (double w : row) {
        if (w < 0) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether w_ij = w_ji, bit for bit. */
  @Override
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
   * The smallest eigenvalue of a symmetric W, 1 for a single node.
   *
   * @throws IllegalStateException if W is not symmetric
   */
  public double smallestEigenvalue() {
    if (!isSymmetric()) {
      throw new IllegalStateException("the eigenvalues of " + rule + " weights need not be real");
    }
    return numNodes() == 1 ? 1 : Spectrum.smallest(this);
  }

  /**
   * y ← Wx.
   *
   * @param x length n
   * @param y length n, overwritten
   */
  @Override
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

  /**
   * y ← Wᵀx.
   *
   * @param x length n
   * @param y length n, overwritten
   */
  @Override
  public void multiplyTransposed(double[] x, double[] y) {
    Arrays.fill(y, 0);
    for (int i = 0; i < sources.length; i++) {
      int[] row = sources[i];
      double[] w = weights[i];
      for (int k = 0; k < row.length; k++) {
        y[row[k]] += w[k] * x[i];
      }
    }
  }

  /** The smallest w_ii. */
  double smallestOwnWeight() {
    double smallest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < sources.length; i++) {
      smallest = Math.min(smallest, weight(i, i));
    }
    return smallest;
  }

  /** Most nodes that one node listens to, itself included. */
  int longestRow() {
    int longest = 0;
    for (int[] row : sources) {
      longest = Math.max(longest, row.length);
    }
    return longest;
  }

  /** WᵀW. */
  MixingMatrix gram() {
    int n = sources.length;
    int[][] heard = new int[n][];
    double[][] heardWeights = new double[n][];
    int[] counts = new int[n];
    for (int[] row : sources) {
      for (int j : row) {
        counts[j]++;
      }
    }
    for (int j = 0; j < n; j++) {
      heard[j] = new int[counts[j]];
      heardWeights[j] = new double[counts[j]];
      counts[j] = 0;
    }
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < sources[i].length; k++) {
        int j = sources[i][k];
        heard[j][counts[j]] = i;
        heardWeights[j][counts[j]++] = weights[i][k];
      }
    }
    int[][] gramSources = new int[n][];
    double[][] gramWeights = new double[n][];
    double[] sums = new double[n];
    for (int j = 0; j < n; j++) {
      TreeSet<Integer> touched = new TreeSet<>();
      for (int h = 0; h < heard[j].length; h++) {
        int i = heard[j][h];
        for (int k = 0; k < sources[i].length; k++) {
          sums[sources[i][k]] += heardWeights[j][h] * weights[i][k];
          touched.add(sources[i][k]);
        }
      }
      gramSources[j] = touched.stream().mapToInt(Integer::intValue).toArray();
      gramWeights[j] = new double[gramSources[j].length];
      for (int k = 0; k < gramSources[j].length; k++) {
        gramWeights[j][k] = sums[gramSources[j][k]];
        sums[gramSources[j][k]] = 0;
      }
    }
    return new MixingMatrix(rule, gramSources, gramWeights);
  }

  /** Calls {@code link} for each w_ij ≠ 0 with j ≠ i, row by row. */
  void forEachLink(Link link) {
    for (int i = 0; i < sources.length; i++) {
      for (int j : sources[i]) {
        if (j != i) {
          link.from(i, j);
        }
      }
    }
  }

  /** Gets receiver and sender of a message. */
  interface Link {
    void from(int receiver, int sender);
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
