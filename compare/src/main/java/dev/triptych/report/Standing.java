package dev.triptych.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.triptych.report.RunsFile.Point;
import dev.triptych.report.RunsFile.Run;
import org.jspecify.annotations.Nullable;

/**
 * Where one run stands against the level. The four amounts are absent when it did not get there,
 * the bytes also when none were counted.
 *
 * @param label of the run in this report
 * @param contends false for a yardstick such as MLlib's own estimator, which is shown but not
 *     ranked
 * @param seconds on the training clock when the level was reached
 * @param epochs until then
 * @param updates until then
 * @param bytes sent until then
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Standing(
    String label,
    boolean contends,
    @Nullable Double seconds,
    @Nullable Double epochs,
    @Nullable Long updates,
    @Nullable Long bytes) {

  static Standing of(String label, Run run, @Nullable Level level) {
    boolean contends = !run.mode().equals("mllib");
    Point point = level == null ? null : run.firstAtOrBelow(level.objective());
    return point == null
        ? new Standing(label, contends, null, null, null, null)
        : new Standing(
            label, contends, point.seconds(), point.epochs(), point.updates(), point.bytes());
  }

  boolean reached() {
    return seconds != null;
  }
}
