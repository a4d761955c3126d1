package dev.triptych.cli;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.train.AsyncSettings;
import dev.triptych.async.train.Deployment;
import dev.triptych.core.InvalidInputException;
import dev.triptych.core.training.RunSettings;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of the asynchronous mode. */
final class AsyncOptions {
  @Option(
      names = "--servers",
      paramLabel = "S",
      defaultValue = "1",
      description = "Shards of the parameter server (default: ${DEFAULT-VALUE}).")
  int servers = 1;

  @Option(
      names = "--deployment",
      paramLabel = "WHERE",
      defaultValue = "driver",
      description =
          "Where servers live: driver, or executors as a Spark plugin (default: ${DEFAULT-VALUE}).")
  String deployment = "driver";

  @Option(
      names = "--consistency",
      paramLabel = "NAME",
      defaultValue = "asp",
      description = "bsp, ssp (with --staleness) or asp (default: ${DEFAULT-VALUE}).")
  String consistency = "asp";

  @Option(
      names = "--staleness",
      paramLabel = "S",
      description = "How many clocks a worker may be ahead of the slowest under ssp.")
  @Nullable Integer staleness;

  void check() {
    if (servers < 1) {
      throw new InvalidInputException("--servers: expected at least 1, got " + servers);
    }
    Choice.of("--deployment", deployment, List.of("driver", "executors"));
    consistency();
  }

  boolean onExecutors() {
    return deployment.equals("executors");
  }

  /** Whether the fastest worker in the end goes at the pace of the slowest. */
  boolean waitsForSlowest() {
    return !consistency.equals("asp");
  }

  AsyncSettings settings(RunSettings run) {
    return AsyncSettings.of(
        run, servers, Deployment.valueOf(deployment.toUpperCase(Locale.ROOT)), consistency());
  }

  private Consistency consistency() {
    Choice.of("--consistency", consistency, List.of("bsp", "ssp", "asp"));
    Integer bound = staleness;
    if (consistency.equals("ssp")) {
      if (bound == null || bound < 0) {
        throw new InvalidInputException(
            "--staleness: --consistency ssp needs a bound of 0 or more"
                + (bound == null ? "" : ", got " + bound));
      }
      return Consistency.ssp(bound);
    }
    if (bound != null) {
      throw new InvalidInputException("--staleness: only --consistency ssp has a bound");
    }
    return consistency.equals("bsp") ? Consistency.bsp() : Consistency.asp();
  }
}
