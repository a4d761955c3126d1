package dev.triptych.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Progress as plain lines for a log: one when a task begins to move (a patient log waits for an
 * interval), then at most one per interval, and one at the end. Time comes in as a number; not
 * thread-safe.
 */
final class LogProgress {
  private static final double KILO = 1e3;
  private static final double MEGA = 1e6;

  /** Of an epoch, as training counts. */
  static final Amounts EPOCHS =
      (done, all) ->
          String.format(
              Locale.ROOT,
              "epoch %.1f of %s",
              done,
              all == Math.rint(all) ? String.valueOf((long) all) : String.valueOf(all));

  /** Of a download. */
  static final Amounts BYTES =
      (done, all) ->
          all < 10 * MEGA
              ? String.format(Locale.ROOT, "%.0f of %.0f kB", done / KILO, all / KILO)
              : String.format(Locale.ROOT, "%.1f of %.1f MB", done / MEGA, all / MEGA);

  /** Of files that tasks write side by side. */
  static final Amounts PARTS =
      (done, all) -> String.format(Locale.ROOT, "part %.0f of %.0f", done, all);

  /** What is counted, in words. */
  interface Amounts {
    String inWords(double done, double all);
  }

  private final String task;
  private final Amounts amounts;
  private final long intervalNanos;
  private final long begin;
  private long lastLine;
  private boolean any;
  private double done;
  private double all;

  /**
   * @param task in front of every line
   * @param intervalNanos between two lines, at least
   * @param now any monotonic clock
   */
  LogProgress(String task, Amounts amounts, long intervalNanos, long now) {
    this.task = task;
    this.amounts = amounts;
    this.intervalNanos = intervalNanos;
    this.begin = now;
    this.lastLine = now - intervalNanos;
  }

  /** For tasks that are short as a rule: the first line is an interval away. */
  LogProgress patient() {
    lastLine = begin;
    return this;
  }

  /** A line, if it is time for one. */
  @Nullable String progressed(double doneNow, double inAll, long now) {
    done = Math.min(doneNow, inAll);
    all = inAll;
    any = true;
    if (now - lastLine < intervalNanos) {
      return null;
    }
    lastLine = now;
    return line(now);
  }

  /** The last line, if the task has moved at all. */
  @Nullable String end(long now) {
    return any ? line(now) + ", done" : null;
  }

  private String line(long now) {
    return String.format(
        Locale.ROOT,
        "%s: %s (%d%%), %.0f s",
        task,
        amounts.inWords(done, all),
        Math.round(100 * done / all),
        (now - begin) / 1e9);
  }
}
