package dev.triptych.gossip.mixing;

import dev.triptych.core.InvalidInputException;
import dev.triptych.gossip.topology.Topology;
import java.util.Arrays;

/**
 * Equal weights 1/(1+d) for oneself and the d neighbours, or 1/d without oneself. Doubly stochastic
 * on regular graphs only, directed ones included.
 */
final class Uniform implements MixingRule {
  private final boolean self;

  /**
   * @param self false leaves out the node's own value; then graphs with an even period, such as an
   *     even ring, oscillate for ever
   */
  Uniform(boolean self) {
    this.self = self;
  }

  @Override
  public String name() {
    return self ? "uniform" : "uniform-without-self";
  }

  @Override
  public MixingMatrix weights(Topology topology) {
    if (!topology.isRegular()) {
      throw new InvalidInputException(
          name()
              + " mixing needs a graph whose nodes all have the same number of neighbours, and "
              + topology.name()
              + " has "
              + degrees(topology)
              + (topology.isDirected() ? ": give weights in the file" : ": use metropolis mixing"));
    }
    int numNodes = topology.numNodes();
    int[][] sources = new int[numNodes][];
    double[][] weights = new double[numNodes][];
    for (int i = 0; i < numNodes; i++) {
      int[] neighbours = topology.senders(i);
      boolean alone = neighbours.length == 0;
      sources[i] = self || alone ? Rows.withSelf(i, neighbours) : neighbours.clone();
      weights[i] = new double[sources[i].length];
      Arrays.fill(weights[i], 1.0 / sources[i].length);
    }
    return new MixingMatrix(name(), sources, weights);
  }

  private static String degrees(Topology topology) {
    int least = Integer.MAX_VALUE;
    int most = 0;
    for (int i = 0; i < topology.numNodes(); i++) {
      least = Math.min(least, Math.min(topology.receivers(i).length, topology.senders(i).length));
      most = Math.max(most, Math.max(topology.receivers(i).length, topology.senders(i).length));
    }
    return "nodes with " + least + " and nodes with " + most;
  }
}
