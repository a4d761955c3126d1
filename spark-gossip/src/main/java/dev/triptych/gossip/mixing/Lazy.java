package dev.triptych.gossip.mixing;

import dev.triptych.gossip.topology.Topology;
import java.util.Arrays;

/**
 * (I + W)/2 of another rule's W: half as fast, but no eigenvalue is negative, so that nothing
 * oscillates and D² and EXTRA are safe.
 */
final class Lazy implements MixingRule {
  private final MixingRule rule;

  Lazy(MixingRule rule) {
    this.rule = rule;
  }

  @Override
  public String name() {
    return "lazy-" + rule.name();
  }

  @Override
  public MixingMatrix weights(Topology topology) {
    MixingMatrix eager = rule.weights(topology);
    int numNodes = eager.numNodes();
    int[][] sources = new int[numNodes][];
    double[][] weights = new double[numNodes][];
    for (int i = 0; i < numNodes; i++) {
      int[] row = eager.sources(i);
      boolean counted = Arrays.binarySearch(row, i) >= 0;
      sources[i] = counted ? row.clone() : Rows.withSelf(i, row);
      weights[i] = new double[sources[i].length];
      for (int k = 0; k < sources[i].length; k++) {
        int j = sources[i][k];
        weights[i][k] = (eager.weight(i, j) + (i == j ? 1 : 0)) / 2;
      }
    }
    return new MixingMatrix(name(), sources, weights);
  }
}
