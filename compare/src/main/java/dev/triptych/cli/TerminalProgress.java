package dev.triptych.cli;

import dev.triptych.spark.ProgressListener;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * How far a run is, on standard error: a bar that is redrawn in a terminal, plain lines every few
 * seconds in a log file.
 */
final class TerminalProgress implements ProgressListener, AutoCloseable {
  private static final int SCALE = 1000;
  private static final int TERMINAL_MILLIS = 200;
  private static final Duration LOG_INTERVAL = Duration.ofSeconds(5);

  private final PrintStream out;
  // One of the two.
  private final @Nullable ProgressBar bar;
  private final @Nullable LogProgress log;

  private TerminalProgress(PrintStream out, @Nullable ProgressBar bar, @Nullable LogProgress log) {
    this.out = out;
    this.bar = bar;
    this.log = log;
  }

  static TerminalProgress start(String task, PrintStream out) {
    if (!isTerminal()) {
      return new TerminalProgress(
          out,
          null,
          new LogProgress(task, LogProgress.EPOCHS, LOG_INTERVAL.toNanos(), System.nanoTime()));
    }
    ProgressBar bar =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(SCALE)
            .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BLOCK)
            .setUpdateIntervalMillis(TERMINAL_MILLIS)
            .hideEta()
            .build();
    return new TerminalProgress(out, bar, null);
  }

  /** Whether somebody watches; a log gets lines. */
  static boolean isTerminal() {
    return System.console() != null && System.getenv("CI") == null;
  }

  @Override
  public void progressed(double epochsDone, double epochs) {
    if (bar != null) {
      bar.stepTo(Math.min(SCALE, Math.round(SCALE * epochsDone / epochs)));
      bar.setExtraMessage(
          String.format(Locale.ROOT, " epoch %.1f/%.0f", Math.min(epochsDone, epochs), epochs));
    }
    if (log != null) {
      print(log.progressed(epochsDone, epochs, System.nanoTime()));
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
    if (log != null) {
      print(log.end(System.nanoTime()));
    }
  }

  private void print(@Nullable String line) {
    if (line != null) {
      out.println(line);
    }
  }
}
