package dev.triptych.report;

import dev.triptych.report.RunsFile.Run;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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

  /** The median over the seeds of what their runs have; null if none has it. */
  @Nullable Double median(Function<Run, @Nullable Double> of) {
    double[] values =
        series.runs().stream()
            .map(of)
            .filter(Objects::nonNull)
            .mapToDouble(value -> value)
            .sorted()
            .toArray();
    int half = values.length / 2;
    if (values.length == 0) {
      return null;
    }
    return values.length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
  }

  boolean fellShort() {
    return !standing.reached() && !run().diverged();
  }
}
