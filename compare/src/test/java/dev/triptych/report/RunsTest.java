package dev.triptych.report;

import static dev.triptych.report.HandMade.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.core.training.StalenessHistogram;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TracePoint;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.report.RunsFile.Point;
import dev.triptych.report.RunsFile.Run;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunsTest {
  private static final StalenessHistogram STALENESS = new StalenessHistogram();

  static {
    STALENESS.add(0);
    STALENESS.add(2);
    STALENESS.add(2);
  }

  @Test
  void pointsThatAreNotFiniteAreLeftOutAndTheUpdateOfDivergenceStays() {
    Run run = Runs.of(training(Double.NaN, 100), 0.6, Map.of("accuracy", Double.NaN), null);

    assertThat(run.trace()).extracting(Point::objective).containsExactly(1.0, 0.5);
    assertThat(run.trace().get(1).testMetric()).isNull();
    assertThat(run.finalObjective()).isNull();
    assertThat(run.finalTestMetrics()).isEmpty();
    assertThat(run.stopReason()).isEqualTo("diverged");
    assertThat(run.divergedAtUpdate()).isEqualTo(2);
    assertThat(run.secondsToTarget()).isEqualTo(1);
    assertThat(run.staleness().histogram()).containsExactly(1L, 0L, 2L);
    assertThat(run.staleness().mean()).isEqualTo(4 / 3.0);
    assertThat(run.staleness().max()).isEqualTo(2);
  }

  @Test
  void aModeThatCountsNoBytesHasNone() {
    Run without = Runs.of(training(0.4, 0), null, Map.of(), null);
    Run with = Runs.of(training(0.4, 100), null, Map.of(), null);

    assertThat(without.bytesSent()).isNull();
    assertThat(without.trace()).extracting(Point::bytes).containsOnlyNulls();
    assertThat(without.secondsToTarget()).isNull();
    assertThat(with.trace()).extracting(Point::bytes).containsExactly(0L, 50L, 100L);
  }

  @Test
  void labelsSayWhatTellsRunsOfOneModeApart() {
    assertThat(labels(run("sync", 1), run("async", 1))).containsExactly("sync", "async");
    assertThat(labels(run("async", 1).algorithm("asp"), run("async", 1).algorithm("bsp")))
        .containsExactly("async asp", "async bsp");
    assertThat(
            labels(
                run("sync", 1).settings(Map.of("step-size", "1")),
                run("gossip", 1),
                run("sync", 1).settings(Map.of("step-size", "2"))))
        .containsExactly("sync step-size 1", "gossip", "sync step-size 2");
    assertThat(labels(run("sync", 1).seed(4), run("sync", 1).seed(5)))
        .containsExactly("sync seed 4", "sync seed 5");
    assertThat(labels(run("sync", 1), run("sync", 1))).containsExactly("sync #1", "sync #2");
  }

  private static List<String> labels(HandMade... runs) {
    return Runs.labels(List.of(runs).stream().map(HandMade::build).toList());
  }

  private static TrainingRun training(double lastObjective, long bytes) {
    return new TrainingRun(
        "async",
        "asp",
        Map.of(),
        1,
        Map.of(),
        Double.isFinite(lastObjective) ? StopReason.COMPLETED : StopReason.DIVERGED,
        2L,
        new double[1],
        List.of(
            new TracePoint(0, 0, 0, 1, 0.5, 0, null, null),
            new TracePoint(1, 0.5, 1, 0.5, Double.NaN, bytes / 2, null, 0),
            new TracePoint(2, 1, 2, lastObjective, null, bytes, null, 2)),
        2,
        2,
        2,
        bytes,
        bytes,
        STALENESS,
        null,
        List.of());
  }
}
