package dev.triptych.cli;

import dev.triptych.spark.ProgressListener;
import java.io.PrintStream;
import java.util.Locale;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * One progress bar per run on standard error: redrawn in a terminal, one line every few seconds in
 * a log file.
 */
final class TerminalProgress implements ProgressListener, AutoCloseable {
  private static final int SCALE = 1000;
  private static final int TERMINAL_MILLIS = 200;
  private static final int LOG_MILLIS = 5000;
  private static final int LINE_LENGTH = 100;

  private final ProgressBar bar;

  private TerminalProgress(ProgressBar bar) {
    this.bar = bar;
  }

  static TerminalProgress start(String task, PrintStream out) {
    boolean terminal = System.console() != null && System.getenv("CI") == null;
    ProgressBarBuilder builder =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(SCALE)
            .setStyle(terminal ? ProgressBarStyle.COLORFUL_UNICODE_BLOCK : ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(terminal ? TERMINAL_MILLIS : LOG_MILLIS)
            .hideEta();
    if (!terminal) {
      builder.setConsumer(new DelegatingProgressBarConsumer(out::println, LINE_LENGTH));
    }
    return new TerminalProgress(builder.build());
  }

  @Override
  public void progressed(double epochsDone, double epochs) {
    bar.stepTo(Math.min(SCALE, Math.round(SCALE * epochsDone / epochs)));
    bar.setExtraMessage(
        String.format(Locale.ROOT, " epoch %.1f/%.0f", Math.min(epochsDone, epochs), epochs));
  }

  @Override
  public void close() {
    bar.close();
  }
}
