package dev.triptych.cli;

import dev.triptych.datasets.Dataset;
import dev.triptych.datasets.Fetch;
import java.io.PrintWriter;
import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/**
 * How far a download is: a bar that is redrawn in a terminal, plain lines every few seconds in a
 * log file. Says nothing of files that are there already.
 */
final class FetchProgress implements Fetch.Progress, AutoCloseable {
  private static final Duration LOG_INTERVAL = Duration.ofSeconds(5);
  private static final int TERMINAL_MILLIS = 200;
  private static final long KILO = 1000;

  private final PrintWriter out;
  private @Nullable ProgressBar bar;
  private @Nullable LogProgress log;

  private FetchProgress(PrintWriter out) {
    this.out = out;
  }

  /** Fetches a file, telling {@code out} how far it is. */
  static Fetch.Fetched fetch(Fetch fetch, Dataset dataset, String split, PrintWriter out) {
    try (FetchProgress progress = new FetchProgress(out)) {
      Fetch.Fetched fetched = fetch.telling(progress).fetch(dataset, split);
      progress.end();
      return fetched;
    }
  }

  @Override
  public void received(String file, long bytes, long total) {
    if (TerminalProgress.isTerminal()) {
      ProgressBar drawn = bar;
      if (drawn == null) {
        drawn =
            new ProgressBarBuilder()
                .setTaskName(file)
                .setInitialMax(total)
                .setUnit(" kB", KILO)
                .setUpdateIntervalMillis(TERMINAL_MILLIS)
                .build();
        bar = drawn;
      }
      drawn.stepTo(bytes);
      return;
    }
    LogProgress lines = log;
    if (lines == null) {
      lines =
          new LogProgress(file, LogProgress.BYTES, LOG_INTERVAL.toNanos(), System.nanoTime())
              .patient();
      log = lines;
    }
    print(lines.progressed(bytes, total, System.nanoTime()));
  }

  /** The file is there and right. */
  private void end() {
    if (log != null) {
      print(log.end(System.nanoTime()));
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }

  private void print(@Nullable String line) {
    if (line != null) {
      out.println(line);
    }
  }
}
