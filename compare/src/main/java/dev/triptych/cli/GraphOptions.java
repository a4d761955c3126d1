package dev.triptych.cli;

import dev.triptych.core.InvalidInputException;
import dev.triptych.gossip.mixing.MixingMatrix;
import dev.triptych.gossip.mixing.MixingRule;
import dev.triptych.gossip.mixing.MixingRules;
import dev.triptych.gossip.topology.Topologies;
import dev.triptych.gossip.topology.Topology;
import dev.triptych.gossip.topology.TopologyFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** From option values to a graph and its weights; shared by training and the graph doctor. */
final class GraphOptions {
  private GraphOptions() {}

  /** A graph by name, or from an edge-list file. */
  static Topology topology(String nameOrFile, @Nullable Integer numNodes) {
    if (Topologies.names().contains(nameOrFile)) {
      if (numNodes == null) {
        throw new InvalidInputException(
            "--nodes: the topology " + nameOrFile + " needs a number of nodes");
      }
      return Topologies.byName(nameOrFile, numNodes);
    }
    Path file = Path.of(nameOrFile);
    if (Files.exists(file)) {
      return numNodes == null ? TopologyFile.read(file) : TopologyFile.read(file, numNodes);
    }
    Choice.of("--topology", nameOrFile, Topologies.names());
    throw new IllegalStateException("not reached");
  }

  /** The weights of a rule, or of the topology's default rule. */
  static MixingMatrix mixing(@Nullable String rule, Topology topology) {
    MixingRule chosen =
        rule == null
            ? MixingRules.defaultFor(topology)
            : MixingRules.byName(Choice.of("--mixing", rule, MixingRules.names()));
    return chosen.weights(topology);
  }
}
