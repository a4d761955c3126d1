package dev.triptych.gossip.algorithm;

import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.gossip.topology.Topology;
import org.jspecify.annotations.Nullable;

/**
 * AD-PSGD (Lian, Zhang, Zhang, Liu: "Asynchronous Decentralized Parallel Stochastic Gradient
 * Descent", ICML 2018): a node computes a gradient, averages with one random neighbour meanwhile,
 * x_i, x_j ← (x_i + x_j)/2, and applies the gradient to its own weights. There are no rounds, and a
 * slow node holds nobody up. The package {@code pairing} has its state machine.
 */
public final class PairwiseAveraging implements GossipAlgorithm {
  private static final long serialVersionUID = 1L;

  @Override
  public String name() {
    return "ad-psgd";
  }

  /** None: whatever the weights on the graph, an average of two treats both alike. */
  @Override
  public @Nullable String obstacle(Topology topology, MixingSequence mixing) {
    return null;
  }
}
