package dev.triptych.core.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TargetRuleTest {
  private static final List<TracePoint> TRACE = List.of(point(3), point(2), point(1), point(2));

  @Test
  void theFirstPointAtOrBelowTheTargetIsFound() {
    assertThat(TargetRule.firstAtOrBelow(2.0, TRACE)).isEqualTo(1);
    assertThat(TargetRule.firstAtOrBelow(1.5, TRACE)).isEqualTo(2);
  }

  @Test
  void withoutTargetOrBelowAllPointsThereIsNone() {
    assertThat(TargetRule.firstAtOrBelow(null, TRACE)).isEqualTo(-1);
    assertThat(TargetRule.firstAtOrBelow(0.5, TRACE)).isEqualTo(-1);
  }

  private static TracePoint point(double objective) {
    return new TracePoint(0, 0, 0, objective, null, 0, null, null);
  }
}
