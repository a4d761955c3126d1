package dev.triptych.gossip.mixing;

import dev.triptych.gossip.topology.Topology;

/**
 * Every node splits its value evenly among itself and those that hear it, w_ij = 1/(1 + out-degree
 * of j): columns add up to 1 on every directed graph, rows need not. Then only push-sum reaches the
 * mean (Kempe, Dobra, Gehrke 2003; Assran et al. 2019).
 */
final class ColumnStochastic implements MixingRule {
  @Override
  public String name() {
    return "column-stochastic";
  }

  @Override
  public MixingMatrix weights(Topology topology) {
    int numNodes = topology.numNodes();
    int[][] sources = new int[numNodes][];
    double[][] weights = new double[numNodes][];
    for (int i = 0; i < numNodes; i++) {
      sources[i] = Rows.withSelf(i, topology.senders(i));
      weights[i] = new double[sources[i].length];
      for (int k = 0; k < sources[i].length; k++) {
        weights[i][k] = 1.0 / (1 + topology.receivers(sources[i][k]).length);
      }
    }
    return new MixingMatrix(name(), sources, weights);
  }
}
