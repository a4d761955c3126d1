package dev.triptych.cli;

import dev.triptych.async.traffic.Compression;
import dev.triptych.async.traffic.Sparsification;
import dev.triptych.async.traffic.Traffic;
import dev.triptych.async.traffic.ValueFormat;
import dev.triptych.core.InvalidInputException;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** Options of how gradients and weights travel between workers and servers. */
final class TrafficOptions {
  @Option(
      names = "--wire",
      paramLabel = "FORMAT",
      defaultValue = "float64",
      description =
          "Values of gradients on the wire: float64, float32 or int8; what rounding loses is added"
              + " to the next gradient (default: ${DEFAULT-VALUE}).")
  String wire = "float64";

  @Option(
      names = "--compression",
      paramLabel = "CODEC",
      defaultValue = "none",
      description = "Of messages: none, lz4, zstd or snappy (default: ${DEFAULT-VALUE}).")
  String compression = "none";

  @Option(
      names = "--sparsify",
      paramLabel = "RULE",
      defaultValue = "none",
      description =
          "Which gradients are pushed at once, the others later: none, top-k:R (the share R of"
              + " largest magnitude) or threshold:X (default: ${DEFAULT-VALUE}).")
  String sparsify = "none";

  @Option(
      names = "--kkt-filter",
      description = "Keep back small gradients of weights that FTRL's L1 threshold keeps at zero.")
  boolean kktFilter;

  @Option(
      names = "--push-every",
      paramLabel = "H",
      defaultValue = "1",
      description =
          "Mini-batches behind each push: their gradients, all at the weights of one pull, are"
              + " averaged and sent once (default: ${DEFAULT-VALUE}).")
  int pushEvery = 1;

  Traffic traffic() {
    if (pushEvery < 1) {
      throw new InvalidInputException(
          "--push-every: expected a number of at least 1, got " + pushEvery);
    }
    Choice.of("--wire", wire, List.of("float64", "float32", "int8"));
    Choice.of("--compression", compression, List.of("none", "lz4", "zstd", "snappy"));
    try {
      return new Traffic(
          ValueFormat.valueOf(wire.toUpperCase(Locale.ROOT)),
          Compression.valueOf(compression.toUpperCase(Locale.ROOT)),
          Sparsification.parse(sparsify),
          kktFilter,
          pushEvery);
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException("--sparsify: " + e.getMessage(), e);
    }
  }
}
