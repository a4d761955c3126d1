package dev.triptych.core.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DivergenceRuleTest {
  @Test
  void aRunThatEndsFarAboveItsStartDivergedWhereItLastCameUpTooFar() {
    TrainingRun judged = DivergenceRule.judge(run(1, 20, 5, 11, 50));
    assertThat(judged.stopReason()).isEqualTo(StopReason.DIVERGED);
    assertThat(judged.divergedAtUpdate()).isEqualTo(3);
    assertThat(judged.trace()).hasSize(5);
  }

  @Test
  void anObjectiveThatIsNoNumberDiverged() {
    assertThat(DivergenceRule.judge(run(1, Double.NaN)).divergedAtUpdate()).isEqualTo(1);
  }

  @Test
  void aRunThatComesBackDidNotDiverge() {
    TrainingRun run = run(1, 200, 0.5);
    assertThat(DivergenceRule.judge(run)).isSameAs(run);
  }

  private static TrainingRun run(double... objectives) {
    List<TracePoint> trace =
        java.util.stream.IntStream.range(0, objectives.length)
            .mapToObj(i -> new TracePoint(i, i, i, objectives[i], null, 0, null, null))
            .toList();
    return new TrainingRun(
        "sync",
        "sgd",
        Map.of(),
        1,
        Map.of(),
        StopReason.COMPLETED,
        null,
        new double[0],
        trace,
        1,
        Arrays.stream(objectives).count(),
        1,
        0,
        0,
        null,
        null,
        List.of());
  }
}
