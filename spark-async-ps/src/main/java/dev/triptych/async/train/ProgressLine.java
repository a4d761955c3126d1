package dev.triptych.async.train;

import dev.triptych.async.shard.ShardStatus;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One line per interval on how a run goes. The objective is never evaluated on the training clock,
 * so the line cannot tell it. Time comes in as a number.
 */
final class ProgressLine {
  private final long intervalNanos;
  private final long numRows;
  private final double epochs;
  private long lastLine;
  private long lastVersion;

  /**
   * @param intervalNanos between two lines
   * @param numRows n
   * @param epochs asked for
   */
  ProgressLine(long intervalNanos, long numRows, double epochs, long now) {
    this.intervalNanos = intervalNanos;
    this.numRows = numRows;
    this.epochs = epochs;
    this.lastLine = now;
  }

  boolean isDue(long now) {
    return now - lastLine >= intervalNanos;
  }

  /**
   * The line; the interval begins anew.
   *
   * @param shards as they stand now; updates and staleness are the first one's
   * @param queueDepth requests that wait at all shards
   */
  String next(List<ShardStatus> shards, int queueDepth, long now) {
    ShardStatus first = shards.get(0);
    double rate = (first.version() - lastVersion) * 1e9 / Math.max(1, now - lastLine);
    lastLine = now;
    lastVersion = first.version();
    int parked = shards.stream().mapToInt(ShardStatus::numParked).sum();
    @Nullable String waits =
        parked == 0 ? null : ", %d pulls wait for workers %s".formatted(parked, first.waitingFor());
    return String.format(
        Locale.ROOT,
        "%.2f of %s epochs, update %d, %.1f updates/s, objective unknown before the end,"
            + " staleness mean %.2f max %d, queue depth %d%s",
        (double) first.numExamples() / numRows,
        epochs == Math.rint(epochs) ? String.valueOf((long) epochs) : String.valueOf(epochs),
        first.version(),
        rate,
        first.staleness().mean(),
        first.staleness().max(),
        queueDepth,
        waits == null ? "" : waits);
  }
}
