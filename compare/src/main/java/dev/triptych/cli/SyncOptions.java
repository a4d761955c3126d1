package dev.triptych.cli;

import dev.triptych.core.training.RunSettings;
import dev.triptych.sync.SyncSettings;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Option;

/** Options of the synchronous mode. */
final class SyncOptions {
  @Option(
      names = "--sync-algorithm",
      paramLabel = "NAME",
      defaultValue = "sgd",
      description =
          "gd (all examples in every step) or sgd (a mini-batch of every worker) (default: ${DEFAULT-VALUE}).")
  String algorithm = "sgd";

  @Option(
      names = "--aggregation",
      paramLabel = "NAME",
      defaultValue = "tree",
      description = "How gradients are summed: tree (default: ${DEFAULT-VALUE}).")
  String aggregation = "tree";

  void check() {
    Choice.of(
        "--sync-algorithm",
        algorithm,
        Arrays.stream(SyncSettings.Algorithm.values())
            .map(SyncSettings.Algorithm::optionName)
            .toList());
    Choice.of("--aggregation", aggregation, List.of("tree"));
  }

  /** Whether every step looks at all examples. */
  boolean isFullBatch() {
    return algorithm.equals(SyncSettings.Algorithm.GD.optionName());
  }

  SyncSettings settings(RunSettings run) {
    return new SyncSettings(
        run, isFullBatch() ? SyncSettings.Algorithm.GD : SyncSettings.Algorithm.SGD);
  }
}
