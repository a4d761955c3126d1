package dev.triptych.gossip.mixing;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Solves (I − W)x = b for symmetric W with rows that add up to 1, on graphs that fall apart when
 * nodes with at most two neighbours are taken away one by one: rings, paths, stars, trees. There
 * consensus is slowest and Krylov methods on W itself fail, while this takes O(n) and only adds and
 * multiplies positive numbers. x is the solution with mean 0; of b the mean is taken away.
 */
final class LaplacianSolver implements Averaging {
  private final int numNodes;
  // In the order of elimination: the node, its one or two neighbours then, and their weights.
  private final int[] order;
  private final int[] first;
  private final int[] second;
  private final double[] firstWeight;
  private final double[] secondWeight;

  private LaplacianSolver(int numNodes) {
    this.numNodes = numNodes;
    this.order = new int[numNodes - 1];
    this.first = new int[numNodes - 1];
    this.second = new int[numNodes - 1];
    this.firstWeight = new double[numNodes - 1];
    this.secondWeight = new double[numNodes - 1];
  }

  /** The solver for I − W, or null if the graph is not of this kind. */
  static @Nullable LaplacianSolver tryFor(MixingMatrix w) {
    int n = w.numNodes();
    LaplacianSolver solver = new LaplacianSolver(n);
    Map<Integer, Map<Integer, Double>> graph = new HashMap<>();
    ArrayDeque<Integer> removable = new ArrayDeque<>();
    for (int i = 0; i < n; i++) {
      Map<Integer, Double> row = new HashMap<>();
      for (int k = 0; k < w.sources(i).length; k++) {
        if (w.sources(i)[k] != i) {
          row.put(w.sources(i)[k], w.weights(i)[k]);
        }
      }
      graph.put(i, row);
      if (row.size() <= 2) {
        removable.add(i);
      }
    }
    int done = 0;
    while (done < n - 1 && !removable.isEmpty()) {
      int node = removable.poll();
      Map<Integer, Double> row = graph.get(node);
      if (row == null) {
        continue;
      }
      if (row.isEmpty()) {
        return null;
      }
      graph.remove(node);
      solver.eliminate(done++, node, row, graph);
      for (int neighbour : row.keySet()) {
        if (row(graph, neighbour).size() <= 2) {
          removable.add(neighbour);
        }
      }
    }
    return done == n - 1 ? solver : null;
  }

  private void eliminate(
      int step, int node, Map<Integer, Double> row, Map<Integer, Map<Integer, Double>> graph) {
    order[step] = node;
    Iterator<Map.Entry<Integer, Double>> neighbours = row.entrySet().iterator();
    Map.Entry<Integer, Double> a = neighbours.next();
    first[step] = a.getKey();
    firstWeight[step] = a.getValue();
    second[step] = -1;
    row(graph, first[step]).remove(node);
    if (neighbours.hasNext()) {
      Map.Entry<Integer, Double> b = neighbours.next();
      second[step] = b.getKey();
      secondWeight[step] = b.getValue();
      row(graph, second[step]).remove(node);
      // Two resistors in a row.
      double through = a.getValue() * b.getValue() / (a.getValue() + b.getValue());
      row(graph, first[step]).merge(second[step], through, Double::sum);
      row(graph, second[step]).merge(first[step], through, Double::sum);
    }
  }

  private static Map<Integer, Double> row(Map<Integer, Map<Integer, Double>> graph, int node) {
    Map<Integer, Double> row = graph.get(node);
    if (row == null) {
      throw new IllegalStateException("node " + node + " is gone already");
    }
    return row;
  }

  @Override
  public int numNodes() {
    return numNodes;
  }

  @Override
  public void multiply(double[] b, double[] x) {
    double[] load = b.clone();
    // What rounding adds to the mean would all fall on the ground.
    Spectrum.removeMean(load);
    for (int s = 0; s < order.length; s++) {
      double value = load[order[s]];
      if (second[s] < 0) {
        load[first[s]] += value;
      } else {
        double sum = firstWeight[s] + secondWeight[s];
        load[first[s]] += value * (firstWeight[s] / sum);
        load[second[s]] += value * (secondWeight[s] / sum);
      }
    }
    // The last node is the ground.
    Arrays.fill(x, 0);
    for (int s = order.length - 1; s >= 0; s--) {
      double value = load[order[s]];
      if (second[s] < 0) {
        x[order[s]] = x[first[s]] + value / firstWeight[s];
      } else {
        x[order[s]] =
            (value + firstWeight[s] * x[first[s]] + secondWeight[s] * x[second[s]])
                / (firstWeight[s] + secondWeight[s]);
      }
    }
    Spectrum.removeMean(x);
  }

  @Override
  public void multiplyTransposed(double[] x, double[] y) {
    multiply(x, y);
  }

  @Override
  public boolean isSymmetric() {
    return true;
  }
}
