package dev.triptych.report;

import dev.triptych.report.RunsFile.Point;
import dev.triptych.report.RunsFile.Run;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The traces of all runs as one CSV table (RFC 4180, LF): one row per trace point, mode first. */
public final class TraceCsv {
  /** The columns; a cell that has no meaning for a run is empty. */
  public static final List<String> COLUMNS =
      List.of(
          "mode",
          "algorithm",
          "seed",
          "seconds",
          "epochs",
          "updates",
          "objective",
          "testMetric",
          "bytes",
          "consensusDistance",
          "maxStaleness",
          "bestNodeObjective",
          "worstNodeObjective");

  private static final Pattern SPECIAL = Pattern.compile("[\",\r\n]");

  private TraceCsv() {}

  /** Header and rows, run after run. */
  public static String write(RunsFile file) {
    StringBuilder csv = new StringBuilder(String.join(",", COLUMNS)).append('\n');
    for (Run run : file.runs()) {
      for (Point point : run.trace()) {
        csv.append(text(run.mode())).append(',');
        csv.append(text(run.algorithm())).append(',');
        csv.append(run.seed()).append(',');
        csv.append(point.seconds()).append(',');
        csv.append(point.epochs()).append(',');
        csv.append(point.updates()).append(',');
        csv.append(point.objective()).append(',');
        csv.append(orEmpty(point.testMetric())).append(',');
        csv.append(orEmpty(point.bytes())).append(',');
        csv.append(orEmpty(point.consensusDistance())).append(',');
        csv.append(orEmpty(point.maxStaleness())).append(',');
        csv.append(orEmpty(extreme(point, true))).append(',');
        csv.append(orEmpty(extreme(point, false))).append('\n');
      }
    }
    return csv.toString();
  }

  private static @Nullable Double extreme(Point point, boolean best) {
    List<Double> nodes = point.nodeObjectives();
    if (nodes.isEmpty()) {
      return null;
    }
    return best ? Collections.min(nodes) : Collections.max(nodes);
  }

  private static String text(String value) {
    return SPECIAL.matcher(value).find() ? '"' + value.replace("\"", "\"\"") + '"' : value;
  }

  private static String orEmpty(@Nullable Number value) {
    return value == null ? "" : value.toString();
  }
}
