package dev.triptych.cli;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.training.RunSettings;
import dev.triptych.gossip.algorithm.GossipAlgorithms;
import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.gossip.mixing.TopologyReport;
import dev.triptych.gossip.train.GossipSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of the decentralized mode. */
final class GossipOptions {
  @Option(
      names = "--topology",
      paramLabel = "NAME|FILE",
      defaultValue = "ring",
      description = GraphOptions.TOPOLOGIES + " (default: ${DEFAULT-VALUE}).")
  String topology = "ring";

  @Option(
      names = "--mixing",
      paramLabel = "NAME",
      description =
          "metropolis or uniform (default: metropolis; uniform on the exponential graph).")
  @Nullable String mixing;

  @Option(
      names = "--gossip-algorithm",
      paramLabel = "NAME",
      defaultValue = "dpsgd",
      description =
          "dpsgd (average, then step) or dpsgd-atc (step, then average) (default: ${DEFAULT-VALUE}).")
  String algorithm = "dpsgd";

  @Option(
      names = "--allow-disconnected",
      fallbackValue = "true",
      description = "Train even on a graph that cannot reach consensus, to see what happens.")
  boolean allowDisconnected;

  /** Refuses what cannot work, before Spark starts. */
  void check(int numWorkers, boolean used) {
    Choice.of("--gossip-algorithm", algorithm, GossipAlgorithms.names());
    if (used) {
      GraphOptions graph = GraphOptions.of(topology, numWorkers, mixing);
      MixingSequence weights = graph.mixing();
      String obstacle = TopologyReport.obstacle(graph.topology(), weights);
      if (obstacle != null && !(allowDisconnected && weights.isDoublyStochastic())) {
        throw new InvalidInputException(
            "--topology "
                + topology
                + ": "
                + obstacle
                + (weights.isDoublyStochastic()
                    ? " (--allow-disconnected trains all the same)"
                    : ""));
      }
    }
  }

  GossipSettings settings(RunSettings run) {
    GraphOptions graph = GraphOptions.of(topology, run.numWorkers(), mixing);
    return new GossipSettings(
        run,
        graph.topology(),
        graph.mixing(),
        GossipAlgorithms.byName(algorithm),
        allowDisconnected);
  }
}
