package dev.triptych.core.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrainingRunTest {
  private static final TrainingRun RUN =
      run(List.of(point(0, 0.69), point(1.5, 0.4), point(3, 0.45), point(4, 0.3)));

  @Test
  void theFinalObjectiveIsThatOfTheLastTracePoint() {
    assertThat(RUN.finalObjective()).isEqualTo(0.3);
  }

  @Test
  void secondsToATargetAreThoseOfTheFirstPointAtOrBelowIt() {
    assertThat(RUN.secondsTo(0.7)).isEqualTo(0);
    assertThat(RUN.secondsTo(0.45)).isEqualTo(1.5);
    assertThat(RUN.secondsTo(0.4)).isEqualTo(1.5);
    assertThat(RUN.secondsTo(0.3)).isEqualTo(4);
    assertThat(RUN.secondsTo(0.29)).isNull();
  }

  private static TracePoint point(double seconds, double objective) {
    return new TracePoint(seconds, seconds, (long) seconds, objective, null, 0, null, null);
  }

  private static TrainingRun run(List<TracePoint> trace) {
    return new TrainingRun(
        "sync",
        "sgd",
        Map.of(),
        1,
        Map.of(),
        StopReason.COMPLETED,
        null,
        new double[1],
        trace,
        4,
        4,
        4,
        0,
        0,
        null,
        null,
        List.of());
  }
}
