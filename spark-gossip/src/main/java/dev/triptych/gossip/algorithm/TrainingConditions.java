package dev.triptych.gossip.algorithm;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.gossip.mixing.TopologyReport;
import dev.triptych.gossip.topology.Topology;
import org.jspecify.annotations.Nullable;

/** What must hold before nodes train. Says so in the graph doctor's words. */
public final class TrainingConditions {
  private TrainingConditions() {}

  /**
   * Refuses weights that the algorithm cannot use, and graphs that cannot reach consensus.
   *
   * @param allowDisconnected train although the graph cannot reach consensus
   * @throws InvalidInputException with the reason
   */
  public static void checkGraph(
      GossipAlgorithm algorithm,
      Topology topology,
      MixingSequence mixing,
      boolean allowDisconnected) {
    String unusable = algorithm.obstacle(topology, mixing);
    if (unusable != null) {
      throw new InvalidInputException(algorithm.name() + " cannot train here: " + unusable);
    }
    String disconnected = TopologyReport.disconnected(topology, mixing);
    if (disconnected != null && !allowDisconnected) {
      throw new InvalidInputException(
          "gossip cannot reach consensus: "
              + disconnected
              + " (--allow-disconnected trains all the same)");
    }
  }

  /**
   * Refuses an optimizer that the algorithm would not use.
   *
   * @throws InvalidInputException with what to use
   */
  public static void checkOptimizer(GossipAlgorithm algorithm, @Nullable Optimizer optimizer) {
    if (optimizer != null && !algorithm.usesOptimizer() && !(optimizer instanceof Sgd)) {
      throw new InvalidInputException(
          "--gossip-algorithm %s takes plain gradient steps: expected --optimizer sgd, got %s"
              .formatted(algorithm.name(), optimizer.name()));
    }
  }
}
