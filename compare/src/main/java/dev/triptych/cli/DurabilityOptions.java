package dev.triptych.cli;

import dev.triptych.async.train.Durability;
import dev.triptych.core.InvalidInputException;
import dev.triptych.spark.checkpoint.Checkpoints;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What an asynchronous or a gossip run survives. */
final class DurabilityOptions {
  private static final Pattern EPOCHS = Pattern.compile("(\\d+(?:\\.\\d+)?) ?epochs?");

  @Option(
      names = "--replicas",
      paramLabel = "R",
      defaultValue = "1",
      description =
          "Replicas of each shard, on different servers: 1, or 2 to survive the loss of a server"
              + " (default: ${DEFAULT-VALUE}).")
  int replicas = 1;

  @Option(
      names = "--checkpoint-dir",
      paramLabel = "DIR",
      description =
          "Save the run there, on any file system that Hadoop knows (async; gossip in a folder of its"
              + " own, gossip-ALGORITHM); the newest two are kept.")
  @Nullable String checkpointDir;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "D",
      description =
          "How often: a time such as 30s, or 2epochs (default: 60s); needs --checkpoint-dir.")
  @Nullable String checkpointEvery;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description =
          "Go on with the newest checkpoint there, on the same data and with the same settings.")
  @Nullable String resume;

  /** All of it, checked. */
  Durability durability() {
    if (replicas < 1 || replicas > 2) {
      throw new InvalidInputException("--replicas: expected 1 or 2, got " + replicas);
    }
    return new Durability(replicas, checkpoints(), resume);
  }

  private @Nullable Checkpoints checkpoints() {
    String directory = checkpointDir;
    if (directory == null) {
      if (checkpointEvery != null) {
        throw new InvalidInputException("--checkpoint-every: needs --checkpoint-dir");
      }
      return null;
    }
    String every = checkpointEvery == null ? "60s" : checkpointEvery;
    Matcher epochs = EPOCHS.matcher(every);
    try {
      return epochs.matches()
          ? new Checkpoints(directory, null, Double.parseDouble(epochs.group(1)))
          : new Checkpoints(directory, Durations.parse("--checkpoint-every", every), 0);
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(
          "--checkpoint-every: expected a positive time or number of epochs, got \"" + every + "\"",
          e);
    }
  }
}
