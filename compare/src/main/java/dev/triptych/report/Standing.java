package dev.triptych.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.triptych.report.RunsFile.Point;
import dev.triptych.report.RunsFile.Run;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where one series stands against the level: of several seeds the median. The amounts are absent
 * when half of its runs or more did not get there, the bytes also when none were counted.
 *
 * @param label of the series in this report
 * @param contends false for a yardstick such as MLlib's own estimator, which is shown but not
 *     ranked
 * @param seconds on the training clock when the level was reached
 * @param secondsLow of the fastest seed
 * @param secondsHigh of the slowest seed that got there
 * @param epochs until then
 * @param updates until then
 * @param gradients of mini-batches, computed until then
 * @param bytes sent until then
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Standing(
    String label,
    boolean contends,
    @Nullable Double seconds,
    @Nullable Double secondsLow,
    @Nullable Double secondsHigh,
    @Nullable Double epochs,
    @Nullable Long updates,
    @Nullable Long gradients,
    @Nullable Long bytes) {

  static Standing of(String label, Series series, @Nullable Level level) {
    boolean contends = !series.representative().mode().equals("mllib");
    List<Double> reached =
        level == null
            ? List.of()
            : sorted(series.runs(), run -> secondsOf(run.firstAtOrBelow(level.objective())));
    if (level == null || 2 * reached.size() <= series.runs().size()) {
      return new Standing(label, contends, null, null, null, null, null, null, null);
    }
    double objective = level.objective();
    return new Standing(
        label,
        contends,
        median(reached, series),
        reached.get(0),
        reached.get(reached.size() - 1),
        median(sorted(series.runs(), run -> epochsOf(run.firstAtOrBelow(objective))), series),
        whole(median(sorted(series.runs(), run -> updatesOf(run, objective)), series)),
        whole(median(sorted(series.runs(), run -> gradientsOf(run, objective)), series)),
        whole(median(sorted(series.runs(), run -> bytesOf(run, objective)), series)));
  }

  boolean reached() {
    return seconds != null;
  }

  private static @Nullable Double secondsOf(@Nullable Point point) {
    return point == null ? null : point.seconds();
  }

  private static @Nullable Double epochsOf(@Nullable Point point) {
    return point == null ? null : point.epochs();
  }

  private static @Nullable Double updatesOf(Run run, double objective) {
    Point point = run.firstAtOrBelow(objective);
    return point == null ? null : (double) point.updates();
  }

  /** The run's gradients in proportion to the examples seen. */
  private static @Nullable Double gradientsOf(Run run, double objective) {
    Point point = run.firstAtOrBelow(objective);
    Long batches = run.batches();
    if (point == null || batches == null) {
      return null;
    }
    double all = run.trace().get(run.trace().size() - 1).epochs();
    return all > 0 ? batches * point.epochs() / all : null;
  }

  private static @Nullable Double bytesOf(Run run, double objective) {
    Point point = run.firstAtOrBelow(objective);
    Long bytes = point == null ? null : point.bytes();
    return bytes == null ? null : (double) bytes;
  }

  private static List<Double> sorted(List<Run> runs, Function<Run, @Nullable Double> amount) {
    return runs.stream().map(amount).filter(Objects::nonNull).sorted().toList();
  }

  /** The middle of all runs, those that have no amount standing last; null if none has it. */
  private static @Nullable Double median(List<Double> sorted, Series series) {
    if (sorted.isEmpty()) {
      return null;
    }
    int size = series.runs().size();
    int upper = size / 2;
    if (size % 2 == 1) {
      return sorted.get(Math.min(upper, sorted.size() - 1));
    }
    double high = sorted.get(Math.min(upper, sorted.size() - 1));
    return (sorted.get(Math.min(upper - 1, sorted.size() - 1)) + high) / 2;
  }

  private static @Nullable Long whole(@Nullable Double amount) {
    return amount == null ? null : Math.round(amount);
  }
}
