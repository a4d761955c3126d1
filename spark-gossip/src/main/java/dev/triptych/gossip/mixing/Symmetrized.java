package dev.triptych.gossip.mixing;

import dev.triptych.gossip.topology.Topology;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * (W + Wᵀ)/2 of the graph's usual W: every edge carries messages both ways, which D² and EXTRA need
 * on directed graphs such as the exponential one. Doubly stochastic if W is.
 */
final class Symmetrized implements MixingRule {
  @Override
  public String name() {
    return "symmetrized";
  }

  @Override
  public MixingMatrix weights(Topology topology) {
    MixingMatrix oneWay = MixingRules.defaultFor(topology).weights(topology);
    int[][] sources = new int[topology.numNodes()][];
    double[][] weights = new double[topology.numNodes()][];
    for (int i = 0; i < sources.length; i++) {
      sources[i] =
          IntStream.concat(Arrays.stream(oneWay.sources(i)), Arrays.stream(topology.receivers(i)))
              .sorted()
              .distinct()
              .toArray();
      weights[i] = new double[sources[i].length];
      for (int k = 0; k < sources[i].length; k++) {
        int j = sources[i][k];
        weights[i][k] = (oneWay.weight(i, j) + oneWay.weight(j, i)) / 2;
      }
    }
    return new MixingMatrix(name(), sources, weights);
  }
}
