package dev.triptych.cli;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.training.RunSettings;
import dev.triptych.sync.Aggregation;
import dev.triptych.sync.SyncSettings;
import java.util.Arrays;
import picocli.CommandLine.Option;

/** Options of the synchronous mode. */
final class SyncOptions {
  @Option(
      names = "--sync-algorithm",
      paramLabel = "NAME",
      defaultValue = "sgd",
      description =
          "gd (all examples in every step), gd-line-search (finds its step size), sgd (a mini-batch of"
              + " every worker), local-sgd (--local-steps of every worker, then an average of the"
              + " weights), svrg (variance reduced by full gradients) or lbfgs (all examples,"
              + " quasi-Newton steps); --epochs bounds the passes of those that search lines"
              + " (default: ${DEFAULT-VALUE}).")
  String algorithm = "sgd";

  @Option(
      names = "--aggregation",
      paramLabel = "NAME",
      defaultValue = "tree",
      description =
          "How gradients are summed: tree (Spark's tasks and the driver), reduce-scatter (tasks that stay;"
              + " each updates a slice of the weights) or all-reduce (tasks that stay; each has all"
              + " weights); the last two for gd and sgd, all-reduce for lbfgs too, with nothing as"
              + " large as the model on the driver (default: ${DEFAULT-VALUE}).")
  String aggregation = "tree";

  @Option(
      names = "--backup-workers",
      paramLabel = "B",
      defaultValue = "0",
      description =
          "With reduce-scatter or all-reduce: each step takes the first workers - B mini-batches and"
              + " drops the slowest (default: ${DEFAULT-VALUE}).")
  int backupWorkers;

  @Option(
      names = "--tolerance",
      paramLabel = "TOL",
      defaultValue = "1e-6",
      description =
          "When lbfgs has converged, as MLlib's tol: relative change of the objective (default:"
              + " ${DEFAULT-VALUE}).")
  double tolerance = SyncSettings.USUAL_TOLERANCE;

  void check(int workers, int batch) {
    if (!(tolerance >= 0 && tolerance < 1)) {
      throw new InvalidInputException(
          "--tolerance: expected a number from 0 to below 1, got " + tolerance);
    }
    Choice.of(
        "--sync-algorithm",
        algorithm,
        Arrays.stream(SyncSettings.Algorithm.values())
            .map(SyncSettings.Algorithm::optionName)
            .toList());
    Choice.of(
        "--aggregation",
        aggregation,
        Arrays.stream(Aggregation.values()).map(Aggregation::optionName).toList());
    SyncSettings.check(chosen(), chosenAggregation(), backupWorkers, workers, batch);
  }

  /** Whether every step looks at all examples. */
  boolean isFullBatch() {
    return !chosen().drawsMiniBatches();
  }

  /** Whether plain steps of constant size are its custom. */
  boolean stepsPlainly() {
    return isFullBatch() || chosen() == SyncSettings.Algorithm.SVRG;
  }

  SyncSettings settings(RunSettings run, int localSteps) {
    return new SyncSettings(run, chosen(), tolerance)
        .with(chosenAggregation())
        .withBackupWorkers(backupWorkers)
        .withLocalSteps(localSteps);
  }

  /** Whether the driver has the weights at the end, wanted or not. */
  boolean weightsOnDriver() {
    return chosenAggregation() == Aggregation.TREE;
  }

  String aggregation() {
    return aggregation;
  }

  private Aggregation chosenAggregation() {
    return Arrays.stream(Aggregation.values())
        .filter(each -> each.optionName().equals(aggregation))
        .findFirst()
        .orElseThrow();
  }

  private SyncSettings.Algorithm chosen() {
    return Arrays.stream(SyncSettings.Algorithm.values())
        .filter(each -> each.optionName().equals(algorithm))
        .findFirst()
        .orElseThrow();
  }
}
