package dev.triptych.gossip.train;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.training.RunSettings;
import dev.triptych.gossip.algorithm.GossipAlgorithm;
import dev.triptych.gossip.algorithm.RoundAlgorithm;
import dev.triptych.gossip.mixing.MixingMatrix;
import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.gossip.topology.Topology;
import dev.triptych.spark.checkpoint.Checkpoints;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the decentralized trainer. Worker i is node i.
 *
 * @param run what all modes share
 * @param topology graph of N nodes; of a time-varying graph, who ever hears whom
 * @param mixing averaging weights of every round on that graph
 * @param algorithm one of {@link dev.triptych.gossip.algorithm.GossipAlgorithms}
 * @param allowDisconnected train although the graph cannot reach consensus, to watch it happen
 * @param checkpoints where and how often the run is saved, or null
 * @param resumeFrom directory of a run that was saved and goes on here, or null
 */
public record GossipSettings(
    RunSettings run,
    Topology topology,
    MixingSequence mixing,
    GossipAlgorithm algorithm,
    boolean allowDisconnected,
    @Nullable Checkpoints checkpoints,
    @Nullable String resumeFrom) {

  /** A run that is neither saved nor resumed. */
  public GossipSettings(
      RunSettings run,
      Topology topology,
      MixingSequence mixing,
      GossipAlgorithm algorithm,
      boolean allowDisconnected) {
    this(run, topology, mixing, algorithm, allowDisconnected, null, null);
  }

  /** The same weights in every round. */
  public GossipSettings(
      RunSettings run,
      Topology topology,
      MixingMatrix mixing,
      GossipAlgorithm algorithm,
      boolean allowDisconnected) {
    this(run, topology, MixingSequence.constant(mixing), algorithm, allowDisconnected);
  }

  /** The same run, saved now and then and going on from what was saved. */
  public GossipSettings withDurability(
      @Nullable Checkpoints saving, @Nullable String resumingFrom) {
    return new GossipSettings(
        run, topology, mixing, algorithm, allowDisconnected, saving, resumingFrom);
  }

  /**
   * @throws InvalidInputException if graph and workers differ in number, or a run without rounds is
   *     to be saved
   */
  public GossipSettings {
    if (topology.numNodes() != run.numWorkers()) {
      throw new InvalidInputException(
          String.format(
              "topology %s has %d nodes and there are %d workers: every worker is one node",
              topology.name(), topology.numNodes(), run.numWorkers()));
    }
    if ((checkpoints != null || resumeFrom != null) && !(algorithm instanceof RoundAlgorithm)) {
      throw new InvalidInputException(
          "%s: --gossip-algorithm %s has no rounds between which all nodes could be saved"
              .formatted(checkpoints == null ? "--resume" : "--checkpoint-dir", algorithm.name()));
    }
    if (mixing.numNodes() != topology.numNodes()) {
      throw new IllegalArgumentException("the mixing matrix belongs to another graph");
    }
  }
}
