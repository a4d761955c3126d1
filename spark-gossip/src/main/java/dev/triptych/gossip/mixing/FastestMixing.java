package dev.triptych.gossip.mixing;

import dev.ludovic.netlib.lapack.LAPACK;
import dev.triptych.core.InvalidInputException;
import dev.triptych.gossip.topology.Topology;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.netlib.util.intW;

/**
 * The symmetric weights w_ij ≥ 0 with the smallest ρ = ‖W − J‖₂ on an undirected graph (Boyd,
 * Diaconis, Xiao, Fastest mixing Markov chain on a graph, 2004): a convex problem in the edges'
 * weights p ≥ 0 with Σ_{e at i} p_e ≤ 1 at each node.
 *
 * <p>Solved by their projected subgradient method. An eigenvector u of λ gives the subgradient
 * −(u_i − u_j)² for edge ij if λ is the second largest, and its negative if λ is the smallest; all
 * eigenvalues near the largest modulus are averaged. The step aims at a value somewhat below the
 * best one so far, less and less below it (Goffin, Kiwiel 1999). Starts at the Metropolis weights
 * and keeps the best weights met, so it is never slower than those.
 */
final class FastestMixing implements MixingRule {
  /** Largest n; every iteration computes all eigenvectors. */
  static final int MAX_NODES = 128;

  private static final int MAX_ITERATIONS = 3000;
  // Roughly a few seconds in all.
  private static final double MAX_WORK = 1.5e8;
  private static final double SMALLEST_AIM = 1e-9;

  @Override
  public String name() {
    return "fastest";
  }

  @Override
  public MixingMatrix weights(Topology topology) {
    if (topology.isDirected()) {
      throw new InvalidInputException(
          "fastest mixing needs an undirected graph and " + topology.name() + " is directed");
    }
    if (topology.numNodes() > MAX_NODES) {
      throw new InvalidInputException(
          String.format(
              "fastest mixing is optimised for up to %d nodes and %s has %d: use metropolis mixing",
              MAX_NODES, topology.name(), topology.numNodes()));
    }
    return new Search(topology).run();
  }

  /** One optimisation. */
  private final class Search {
    private final int n;
    private final int[] from;
    private final int[] to;
    private final double[] gradient;
    private final double[] start;

    Search(Topology topology) {
      n = topology.numNodes();
      List<int[]> edges = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        for (int j : topology.receivers(i)) {
          if (i < j) {
            edges.add(new int[] {i, j});
          }
        }
      }
      from = edges.stream().mapToInt(edge -> edge[0]).toArray();
      to = edges.stream().mapToInt(edge -> edge[1]).toArray();
      gradient = new double[from.length];
      start = new double[from.length];
      for (int e = 0; e < start.length; e++) {
        start[e] =
            1.0
                / (1
                    + Math.max(
                        topology.receivers(from[e]).length, topology.receivers(to[e]).length));
      }
    }

    MixingMatrix run() {
      double[] p = start.clone();
      double[] best = p.clone();
      double bestModulus = Double.POSITIVE_INFINITY;
      double aim = 0.1;
      int sinceProgress = 0;
      int iterations = (int) Math.min(MAX_ITERATIONS, MAX_WORK / ((double) n * n * n) + 100);
      for (int k = 0; k < iterations && from.length > 0 && aim > SMALLEST_AIM; k++) {
        double modulus = modulusAndGradient(p, aim / 2);
        sinceProgress = modulus < bestModulus - aim / 2 ? 0 : sinceProgress + 1;
        if (modulus < bestModulus) {
          bestModulus = modulus;
          best = p.clone();
        }
        if (sinceProgress > 20) {
          aim /= 2;
          sinceProgress = 0;
          p = best.clone();
          continue;
        }
        double squares = Spectrum.dot(gradient, gradient);
        if (squares == 0) {
          break;
        }
        double step = (modulus - bestModulus + aim) / squares;
        for (int e = 0; e < p.length; e++) {
          p[e] -= step * gradient[e];
        }
        project(p);
      }
      RoundWeights weights = new RoundWeights(n);
      for (int e = 0; e < best.length; e++) {
        if (best[e] > 0) {
          weights.both(from[e], to[e], best[e]);
        }
      }
      return weights.build(name());
    }

    /** Computes ρ, and a subgradient from the eigenvalues of modulus ρ − slack or more. */
    private double modulusAndGradient(double[] p, double slack) {
      double[] matrix = new double[n * n];
      for (int i = 0; i < n; i++) {
        matrix[i * n + i] = 1;
      }
      for (int e = 0; e < p.length; e++) {
        matrix[from[e] * n + to[e]] += p[e];
        matrix[to[e] * n + from[e]] += p[e];
        matrix[from[e] * n + from[e]] -= p[e];
        matrix[to[e] * n + to[e]] -= p[e];
      }
      for (int i = 0; i < matrix.length; i++) {
        matrix[i] -= 1.0 / n;
      }
      double[] values = new double[n];
      double[] work = new double[3 * n];
      intW info = new intW(0);
      LAPACK.getInstance().dsyev("V", "U", n, matrix, n, values, work, work.length, info);
      if (info.val != 0) {
        throw new ArithmeticException("LAPACK dsyev failed with info " + info.val);
      }
      double modulus = Math.max(Math.abs(values[0]), Math.abs(values[n - 1]));
      Arrays.fill(gradient, 0);
      int near = 0;
      for (int v = 0; v < n; v++) {
        if (Math.abs(values[v]) >= modulus - slack) {
          near++;
          double sign = values[v] > 0 ? -1 : 1;
          for (int e = 0; e < p.length; e++) {
            double difference = matrix[v * n + from[e]] - matrix[v * n + to[e]];
            gradient[e] += sign * difference * difference;
          }
        }
      }
      for (int e = 0; e < p.length; e++) {
        gradient[e] /= near;
      }
      return modulus;
    }

    /** Back to p ≥ 0 and sums of at most 1, node by node: takes from a node's edges alike. */
    private void project(double[] p) {
      for (int e = 0; e < p.length; e++) {
        p[e] = Math.max(0, p[e]);
      }
      for (int i = 0; i < n; i++) {
        shrink(p, i);
      }
    }

    private void shrink(double[] p, int node) {
      while (true) {
        double sum = 0;
        int positive = 0;
        for (int e = 0; e < p.length; e++) {
          if ((from[e] == node || to[e] == node) && p[e] > 0) {
            sum += p[e];
            positive++;
          }
        }
        if (sum <= 1 + 1e-12) {
          return;
        }
        double excess = (sum - 1) / positive;
        for (int e = 0; e < p.length; e++) {
          if ((from[e] == node || to[e] == node) && p[e] > 0) {
            p[e] = Math.max(0, p[e] - excess);
          }
        }
      }
    }
  }
}
