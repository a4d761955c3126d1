package dev.triptych.gossip.mixing;

import dev.triptych.gossip.topology.Topology;

/** Chooses averaging weights for a graph. Stateless. */
public interface MixingRule {
  /** Name on the command line. */
  String name();

  /**
   * The weights for a graph.
   *
   * @throws dev.triptych.core.InvalidInputException if the rule does not fit the graph, with the
   *     reason and a way out
   */
  MixingMatrix weights(Topology topology);
}
