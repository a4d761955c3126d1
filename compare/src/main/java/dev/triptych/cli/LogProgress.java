package dev.triptych.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Progress as plain lines for a log: one when a run begins to move, then at most one per interval,
 * and one at the end. Time comes in as a number; not thread-safe.
 */
final class LogProgress {
  private final String task;
  private final long intervalNanos;
  private final long begin;
  private long lastLine;
  private boolean any;
  private double done;
  private double epochs;

  /**
   * @param task in front of every line
   * @param intervalNanos between two lines, at least
   * @param now any monotonic clock
   */
  LogProgress(String task, long intervalNanos, long now) {
    this.task = task;
    this.intervalNanos = intervalNanos;
    this.begin = now;
  }

  /** A line, if it is time for one. */
  @Nullable String progressed(double epochsDone, double epochsInAll, long now) {
    done = Math.min(epochsDone, epochsInAll);
    epochs = epochsInAll;
    if (any && now - lastLine < intervalNanos) {
      return null;
    }
    any = true;
    lastLine = now;
    return line(now);
  }

  /** The last line, if the run has moved at all. */
  @Nullable String end(long now) {
    return any ? line(now) + ", done" : null;
  }

  private String line(long now) {
    return String.format(
        Locale.ROOT,
        "%s: epoch %.1f of %s (%d%%), %.0f s",
        task,
        done,
        epochs == Math.rint(epochs) ? String.valueOf((long) epochs) : String.valueOf(epochs),
        Math.round(100 * done / epochs),
        (now - begin) / 1e9);
  }
}
