package dev.triptych.gossip.mixing;

import java.util.Arrays;

/**
 * Collects the weights of one round between nodes; each node's own weight is what is left of 1. So
 * a node without neighbours keeps its value.
 */
final class RoundWeights {
  /** What rounding may leave of 1 where nothing should be left. */
  private static final double ROUNDING = 1e-11;

  private final int[][] sources;
  private final double[][] weights;
  private final int[] counts;

  RoundWeights(int numNodes) {
    sources = new int[numNodes][2];
    weights = new double[numNodes][2];
    counts = new int[numNodes];
  }

  /** The receiver gives the sender's value this weight. */
  void hear(int receiver, int sender, double weight) {
    int k = counts[receiver]++;
    if (k == sources[receiver].length) {
      sources[receiver] = Arrays.copyOf(sources[receiver], 2 * k);
      weights[receiver] = Arrays.copyOf(weights[receiver], 2 * k);
    }
    sources[receiver][k] = sender;
    weights[receiver][k] = weight;
  }

  /** Both give each other's value this weight. */
  void both(int a, int b, double weight) {
    hear(a, b, weight);
    hear(b, a, weight);
  }

  /** All of these nodes take their common mean. */
  void average(int[] nodes) {
    for (int a = 0; a < nodes.length; a++) {
      for (int b = 0; b < a; b++) {
        both(nodes[a], nodes[b], 1.0 / nodes.length);
      }
    }
  }

  private static int[] sorted(int[] nodes) {
    int[] sorted = nodes.clone();
    Arrays.sort(sorted);
    return sorted;
  }

  MixingMatrix build(String rule) {
    int[][] rows = new int[sources.length][];
    double[][] rowWeights = new double[sources.length][];
    for (int i = 0; i < rows.length; i++) {
      int[] others = Arrays.copyOf(sources[i], counts[i]);
      double left = 1;
      for (int k = 0; k < counts[i]; k++) {
        left -= weights[i][k];
      }
      boolean countsItself = left > ROUNDING;
      rows[i] = countsItself ? Rows.withSelf(i, others) : sorted(others);
      rowWeights[i] = new double[rows[i].length];
      for (int k = 0; k < counts[i]; k++) {
        rowWeights[i][Arrays.binarySearch(rows[i], others[k])] = weights[i][k];
      }
      if (countsItself) {
        rowWeights[i][Arrays.binarySearch(rows[i], i)] = left;
      }
    }
    return new MixingMatrix(rule, rows, rowWeights);
  }
}
