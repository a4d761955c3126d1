package dev.triptych.gossip.algorithm;

import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.gossip.mixing.TopologyReport;
import dev.triptych.gossip.topology.Topology;
import java.io.Serializable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A way for nodes to train together: in rounds ({@link RoundAlgorithm}) or, without any, in pairs
 * ({@link PairwiseAveraging}).
 */
public interface GossipAlgorithm extends Serializable {
  /** Name on the command line. */
  String name();

  /**
   * Why this algorithm cannot use these weights, connected or not, in one sentence; null if it can.
   */
  default @Nullable String obstacle(Topology topology, MixingSequence mixing) {
    return TopologyReport.biased(topology, mixing);
  }

  /** Whether steps are those of the node's optimizer; else they are plain gradient steps. */
  default boolean usesOptimizer() {
    return true;
  }

  /** Parameters of its own, by their names on the command line. */
  default Map<String, String> inWords() {
    return Map.of();
  }
}
