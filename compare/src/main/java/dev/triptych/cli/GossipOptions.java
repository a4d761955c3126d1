package dev.triptych.cli;

import dev.triptych.async.train.Durability;
import dev.triptych.core.InvalidInputException;
import dev.triptych.core.optimizer.Optimizers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.gossip.algorithm.GossipAlgorithm;
import dev.triptych.gossip.algorithm.GossipAlgorithms;
import dev.triptych.gossip.algorithm.GossipParameters;
import dev.triptych.gossip.algorithm.RoundAlgorithm;
import dev.triptych.gossip.algorithm.SinglePrecision;
import dev.triptych.gossip.algorithm.TrainingConditions;
import dev.triptych.gossip.compression.Compressors;
import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.gossip.mixing.MixingSequences;
import dev.triptych.gossip.train.GossipSettings;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of the decentralized mode. */
final class GossipOptions {
  private static final List<String> PRECISIONS = List.of("float64", "float32");

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
          "metropolis, uniform, lazy-metropolis, lazy-uniform, symmetrized, fastest or"
              + " column-stochastic (default:"
              + " metropolis; uniform on directed and exponential graphs; column-stochastic for"
              + " push-sum on directed ones).")
  @Nullable String mixing;

  @Option(
      names = "--gossip-algorithm",
      split = ",",
      paramLabel = "NAME",
      defaultValue = "dpsgd",
      description =
          "One or, to compare them, several of dpsgd (average, then step), dpsgd-atc (step, then"
              + " average), ad-psgd (pairs of nodes, no rounds: nobody waits for slow nodes),"
              + " gradient-tracking, extra and d2 (no bias from unlike data), push-sum (directed"
              + " graphs), choco (compressed"
              + " messages) or quasi-global-momentum (default: ${DEFAULT-VALUE}).")
  List<String> algorithmNames = List.of("dpsgd");

  @Option(
      names = "--gossip-compression",
      paramLabel = "NAME",
      description =
          "Messages of --gossip-algorithm choco: top-k[:FRACTION], random-k[:FRACTION], sign or int8"
              + " (default: top-k:0.1).")
  @Nullable String compression;

  @Option(
      names = "--consensus-step-size",
      paramLabel = "GAMMA",
      description =
          "How far choco goes towards its neighbours' estimates, at most 1 (default: by"
              + " compression).")
  @Nullable Double consensusStepSize;

  @Option(
      names = "--gossip-momentum",
      paramLabel = "BETA",
      description = "Momentum of --gossip-algorithm quasi-global-momentum (default: 0.9).")
  @Nullable Double momentum;

  @Option(
      names = "--exchange-precision",
      paramLabel = "NAME",
      defaultValue = "float64",
      description =
          "Weights travel as float64, or rounded to float32 in half the bytes; nodes compute in"
              + " float64 (default: ${DEFAULT-VALUE}).")
  String precision = "float64";

  @Option(
      names = "--local-steps",
      paramLabel = "H",
      defaultValue = "1",
      description =
          "Gossip in every H-th round only; with --sync-algorithm local-sgd, steps of a worker between"
              + " two averages (default: ${DEFAULT-VALUE}).")
  int localSteps = 1;

  @Option(
      names = "--global-average-every",
      paramLabel = "ROUNDS",
      description = "All nodes take the mean of all in every such round (Gossip-PGA).")
  @Nullable Integer globalAverageEvery;

  @Option(
      names = "--allow-disconnected",
      fallbackValue = "true",
      description = "Train even on a graph that cannot reach consensus, to see what happens.")
  boolean allowDisconnected;

  /**
   * Refuses what cannot work, before Spark starts.
   *
   * @param optimizer that the nodes would use
   */
  void check(int numWorkers, String optimizer, boolean used) {
    Choice.of("--exchange-precision", precision, PRECISIONS);
    if (algorithms().stream().noneMatch(this::waitsForSlowest)) {
      refuseWithoutRounds("--exchange-precision", !precision.equals("float64"));
      refuseWithoutRounds("--mixing", mixing != null);
      refuseWithoutRounds("--local-steps", localSteps != 1);
      refuseWithoutRounds("--global-average-every", globalAverageEvery != null);
    }
    for (String name : algorithms()) {
      GossipAlgorithm algorithm = algorithm(name);
      if (used) {
        TrainingConditions.checkOptimizer(algorithm, Optimizers.byName(optimizer).orElse(null));
        GraphOptions graph = graph(numWorkers, name);
        TrainingConditions.checkGraph(
            algorithm, graph.topology(), graph.mixing(), allowDisconnected);
      }
    }
  }

  /** Names of the algorithms asked for, each once. */
  List<String> algorithms() {
    for (int i = 0; i < algorithmNames.size(); i++) {
      String name = algorithmNames.get(i);
      Choice.of("--gossip-algorithm", name, GossipAlgorithms.names());
      if (algorithmNames.indexOf(name) < i) {
        throw new InvalidInputException("--gossip-algorithm: " + name + " is named twice");
      }
    }
    return List.copyOf(algorithmNames);
  }

  GossipSettings settings(RunSettings run, String algorithm, Durability durability) {
    GraphOptions graph = graph(run.numWorkers(), algorithm);
    return new GossipSettings(
            run, graph.topology(), graph.mixing(), algorithm(algorithm), allowDisconnected)
        .withDurability(durability.checkpoints(), durability.resumeFrom());
  }

  /** The weights of every round. */
  MixingSequence mixing(int numWorkers, String algorithm) {
    return graph(numWorkers, algorithm).mixing();
  }

  private GossipAlgorithm algorithm(String name) {
    refuseUnlessChosen("--gossip-compression", compression, "choco");
    refuseUnlessChosen("--consensus-step-size", consensusStepSize, "choco");
    refuseUnlessChosen("--gossip-momentum", momentum, "quasi-global-momentum");
    GossipParameters usual = GossipParameters.DEFAULT;
    GossipAlgorithm algorithm =
        GossipAlgorithms.byName(
            name,
            new GossipParameters(
                compression == null ? usual.compressor() : Compressors.byName(compression),
                consensusStepSize,
                momentum == null ? usual.momentum() : momentum));
    return precision.equals("float32") && algorithm instanceof RoundAlgorithm inRounds
        ? new SinglePrecision(inRounds)
        : algorithm;
  }

  private void refuseUnlessChosen(String option, @Nullable Object value, String owner) {
    if (value != null && !algorithmNames.contains(owner)) {
      throw new InvalidInputException(
          option
              + ": only --gossip-algorithm "
              + owner
              + " has it, chosen is "
              + String.join(",", algorithmNames));
    }
  }

  private void refuseWithoutRounds(String option, boolean given) {
    if (given) {
      throw new InvalidInputException(
          option
              + ": --gossip-algorithm "
              + String.join(",", algorithmNames)
              + " averages two nodes at a time, no rounds");
    }
  }

  /** Whether a slow node holds the others up under this algorithm. */
  boolean waitsForSlowest(String algorithm) {
    return GossipAlgorithms.byName(algorithm) instanceof RoundAlgorithm;
  }

  private GraphOptions graph(int numWorkers, String algorithm) {
    atLeastOne("--local-steps", localSteps);
    GraphOptions graph = GraphOptions.of(topology, numWorkers, rule(numWorkers, algorithm));
    MixingSequence weights = graph.mixing().withLocalSteps(localSteps);
    if (globalAverageEvery != null) {
      weights = weights.withGlobalAverage(atLeastOne("--global-average-every", globalAverageEvery));
    }
    return new GraphOptions(graph.topology(), weights);
  }

  /** Push-sum's usual weights on a directed graph are those that only it can use. */
  private @Nullable String rule(int numWorkers, String algorithm) {
    return mixing == null
            && algorithm.equals("push-sum")
            && !MixingSequences.isName(topology)
            && GraphOptions.isDirected(topology, numWorkers)
        ? "column-stochastic"
        : mixing;
  }

  private static int atLeastOne(String option, int value) {
    if (value < 1) {
      throw new InvalidInputException(option + ": expected at least 1, got " + value);
    }
    return value;
  }
}
