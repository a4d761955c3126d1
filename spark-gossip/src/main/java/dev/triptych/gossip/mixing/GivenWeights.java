package dev.triptych.gossip.mixing;

import dev.triptych.core.InvalidInputException;
import dev.triptych.gossip.topology.Topology;
import java.util.Arrays;

/**
 * The weights written in the graph's file; a node's own weight is what is left of 1 when none is
 * given.
 */
final class GivenWeights implements MixingRule {
  @Override
  public String name() {
    return "file";
  }

  @Override
  public MixingMatrix weights(Topology topology) {
    if (!topology.hasWeights()) {
      throw new InvalidInputException(
          "file mixing needs weights in the topology's file, and " + topology.name() + " has none");
    }
    int numNodes = topology.numNodes();
    int[][] sources = new int[numNodes][];
    double[][] weights = new double[numNodes][];
    for (int i = 0; i < numNodes; i++) {
      double others = 0;
      for (int j : topology.senders(i)) {
        others += given(topology, i, j);
      }
      Double own = topology.weight(i, i);
      double self = own != null ? own : 1 - others;
      if (self < -MixingMatrix.SUM_TOLERANCE) {
        throw new InvalidInputException(
            String.format(
                "%s: the weights that node %d gives its neighbours add up to %s, more than 1",
                topology.name(), i, others));
      }
      boolean counts = self > MixingMatrix.SUM_TOLERANCE;
      sources[i] = counts ? Rows.withSelf(i, topology.senders(i)) : topology.senders(i).clone();
      weights[i] = new double[sources[i].length];
      for (int k = 0; k < sources[i].length; k++) {
        int j = sources[i][k];
        weights[i][k] = j == i ? self : given(topology, i, j);
      }
      double sum = Arrays.stream(weights[i]).sum();
      if (Math.abs(sum - 1) > MixingMatrix.SUM_TOLERANCE) {
        throw new InvalidInputException(
            String.format(
                "%s: node %d's weights add up to %s, expected 1", topology.name(), i, sum));
      }
    }
    return new MixingMatrix(name(), sources, weights);
  }

  private static double given(Topology topology, int receiver, int sender) {
    Double weight = topology.weight(receiver, sender);
    if (weight == null) {
      throw new IllegalStateException("edge " + sender + " " + receiver + " has no weight");
    }
    return weight;
  }
}
