package dev.triptych.gossip.mixing;

import dev.triptych.core.InvalidInputException;
import dev.triptych.gossip.topology.Topology;

/**
 * Metropolis–Hastings weights w_ij = 1/(1 + max(d_i, d_j)), w_ii = the rest (Xiao, Boyd, Lall
 * 2005): symmetric and doubly stochastic on every undirected graph. Ring: 1/3 each; torus: 1/5
 * each.
 */
final class Metropolis implements MixingRule {
  @Override
  public String name() {
    return "metropolis";
  }

  @Override
  public MixingMatrix weights(Topology topology) {
    if (topology.isDirected()) {
      throw new InvalidInputException(
          "metropolis weights need an undirected graph and "
              + topology.name()
              + " is directed: use uniform mixing, or give weights in the file");
    }
    int numNodes = topology.numNodes();
    int[][] sources = new int[numNodes][];
    double[][] weights = new double[numNodes][];
    for (int i = 0; i < numNodes; i++) {
      int[] neighbours = topology.senders(i);
      sources[i] = Rows.withSelf(i, neighbours);
      weights[i] = new double[sources[i].length];
      double others = 0;
      int self = 0;
      for (int k = 0; k < weights[i].length; k++) {
        int j = sources[i][k];
        if (j == i) {
          self = k;
          continue;
        }
        weights[i][k] = 1.0 / (1 + Math.max(neighbours.length, topology.senders(j).length));
        others += weights[i][k];
      }
      weights[i][self] = 1 - others;
    }
    return new MixingMatrix(name(), sources, weights);
  }
}
