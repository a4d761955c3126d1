package dev.triptych.async.train;

import dev.triptych.async.order.ArrivalOrder;
import dev.triptych.async.order.RecordedRun;
import dev.triptych.core.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether the order in which pushes arrive is kept in a file, or taken from one; a replayed run has
 * the bits of the recorded one. Files are the driver's.
 *
 * @param recordTo where to, or null
 * @param replayFrom where from, or null
 */
public record OrderFiles(@Nullable Path recordTo, @Nullable Path replayFrom) {
  public OrderFiles {
    if (recordTo != null && replayFrom != null) {
      throw new IllegalArgumentException("an order is recorded or replayed, not both");
    }
  }

  /** Neither. */
  public static OrderFiles none() {
    return new OrderFiles(null, null);
  }

  /** Keeps the order. */
  public static OrderFiles recording(Path file) {
    return new OrderFiles(file, null);
  }

  /** Takes a kept order. */
  public static OrderFiles replaying(Path file) {
    return new OrderFiles(null, file);
  }

  /**
   * Looks at the files before anything is started.
   *
   * @param settings of the run, in one line
   * @return the orders to be replayed, by shard, or null
   * @throws InvalidInputException if the file is damaged, or of a run with other settings
   */
  @Nullable List<ArrivalOrder> open(String settings) {
    if (recordTo != null) {
      Path folder = recordTo.toAbsolutePath().getParent();
      if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(recordTo)) {
        throw new InvalidInputException(
            "--record-order " + recordTo + ": expected a file in an existing directory");
      }
    }
    if (replayFrom == null) {
      return null;
    }
    RecordedRun recorded = RecordedRun.read(replayFrom);
    if (!recorded.settings().equals(settings)) {
      throw new InvalidInputException(
          "--replay-order %s: recorded with other settings (%s), this run has %s"
              .formatted(replayFrom, recorded.settings(), settings));
    }
    return recorded.shards();
  }

  /** Writes the file, if there is to be one. */
  void write(String settings, List<ArrivalOrder> orders) {
    if (recordTo != null) {
      try {
        new RecordedRun(settings, orders).write(recordTo);
      } catch (IOException e) {
        throw new InvalidInputException("--record-order " + recordTo + ": cannot be written", e);
      }
    }
  }
}
