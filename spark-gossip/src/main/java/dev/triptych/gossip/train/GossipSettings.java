package dev.triptych.gossip.train;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.training.RunSettings;
import dev.triptych.gossip.algorithm.GossipAlgorithm;
import dev.triptych.gossip.mixing.MixingMatrix;
import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.gossip.topology.Topology;

/**
 * Settings of the decentralized trainer. Worker i is node i.
 *
 * @param run what all modes share
 * @param topology graph of N nodes; of a time-varying graph, who ever hears whom
 * @param mixing averaging weights of every round on that graph
 * @param algorithm one of {@link dev.triptych.gossip.algorithm.GossipAlgorithms}
 * @param allowDisconnected train although the graph cannot reach consensus, to watch it happen
 */
public record GossipSettings(
    RunSettings run,
    Topology topology,
    MixingSequence mixing,
    GossipAlgorithm algorithm,
    boolean allowDisconnected) {

  /** The same weights in every round. */
  public GossipSettings(
      RunSettings run,
      Topology topology,
      MixingMatrix mixing,
      GossipAlgorithm algorithm,
      boolean allowDisconnected) {
    this(run, topology, MixingSequence.constant(mixing), algorithm, allowDisconnected);
  }

  /**
   * @throws InvalidInputException if graph and workers differ in number
   */
  public GossipSettings {
    if (topology.numNodes() != run.numWorkers()) {
      throw new InvalidInputException(
          String.format(
              "topology %s has %d nodes and there are %d workers: every worker is one node",
              topology.name(), topology.numNodes(), run.numWorkers()));
    }
    if (mixing.numNodes() != topology.numNodes()) {
      throw new IllegalArgumentException("the mixing matrix belongs to another graph");
    }
  }
}
