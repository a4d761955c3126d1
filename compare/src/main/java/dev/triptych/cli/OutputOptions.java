package dev.triptych.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where results go, and where options may come from. */
final class OutputOptions {
  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "New or empty folder for the results (default: triptych-out, triptych-out-2, …).")
  @Nullable Path out;

  @Option(
      names = "--no-weights",
      fallbackValue = "true",
      description = "Do not save the trained models.")
  boolean noWeights;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "YAML file with option names (without dashes) and values; the command line wins.")
  @Nullable Path config;
}
