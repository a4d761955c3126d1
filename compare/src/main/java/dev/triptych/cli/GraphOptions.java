package dev.triptych.cli;

import dev.triptych.core.InvalidInputException;
import dev.triptych.gossip.mixing.MixingRule;
import dev.triptych.gossip.mixing.MixingRules;
import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.gossip.mixing.MixingSequences;
import dev.triptych.gossip.topology.Topologies;
import dev.triptych.gossip.topology.Topology;
import dev.triptych.gossip.topology.TopologyFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A graph and its weights from option values; shared by training and the graph doctor.
 *
 * @param topology of a time-varying graph, who ever hears whom
 * @param mixing weights by round
 */
record GraphOptions(Topology topology, MixingSequence mixing) {
  static final String TOPOLOGIES =
      "ring, path, star, torus[:AxB], hypercube, exponential, one-peer-exponential, base-k[:K] (at"
          + " most K neighbours a round, K = 1), complete, binary-tree, directed-ring,"
          + " random-regular[:DEGREE[:SEED]], erdos-renyi[:P[:SEED]],"
          + " small-world[:DEGREE[:P[:SEED]]], or an edge-list file";

  /**
   * A graph by name or from an edge-list file.
   *
   * @param rule of the weights; null: the graph's own weights, or the usual rule for it
   */
  static GraphOptions of(String nameOrFile, @Nullable Integer numNodes, @Nullable String rule) {
    if (MixingSequences.isName(nameOrFile)) {
      if (rule != null) {
        throw new InvalidInputException(
            "--mixing: " + nameOrFile + " comes with weights of its own, leave --mixing out");
      }
      MixingSequence mixing = MixingSequences.byName(nameOrFile, needed(nameOrFile, numNodes));
      return new GraphOptions(mixing.union(nameOrFile), mixing);
    }
    Topology topology = fixed(nameOrFile, numNodes);
    MixingRule chosen =
        rule == null
            ? MixingRules.defaultFor(topology)
            : MixingRules.byName(Choice.of("--mixing", rule, MixingRules.names()));
    return new GraphOptions(topology, MixingSequence.constant(chosen.weights(topology)));
  }

  /** Whether a graph that does not change has an edge without one back. */
  static boolean isDirected(String nameOrFile, int numNodes) {
    return fixed(nameOrFile, numNodes).isDirected();
  }

  private static Topology fixed(String nameOrFile, @Nullable Integer numNodes) {
    if (Topologies.isName(nameOrFile)) {
      return Topologies.byName(nameOrFile, needed(nameOrFile, numNodes));
    }
    Path file = Path.of(nameOrFile);
    if (Files.exists(file)) {
      return numNodes == null ? TopologyFile.read(file) : TopologyFile.read(file, numNodes);
    }
    List<String> names =
        Stream.concat(Topologies.names().stream(), MixingSequences.names().stream()).toList();
    Choice.of("--topology", nameOrFile, names);
    throw new IllegalStateException("not reached");
  }

  private static int needed(String name, @Nullable Integer numNodes) {
    if (numNodes == null) {
      throw new InvalidInputException("--nodes: the topology " + name + " needs a number of nodes");
    }
    return numNodes;
  }
}
