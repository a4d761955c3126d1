package dev.triptych.report;

import dev.triptych.report.RunsFile.Run;

/**
 * One series of runs in the comparison.
 *
 * @param series its runs
 * @param standing of all of them
 */
record Entrant(Series series, Standing standing) {
  /** The run that stands for the series. */
  Run run() {
    return series.representative();
  }

  String label() {
    return standing.label();
  }

  boolean fellShort() {
    return !standing.reached() && !run().diverged();
  }
}
