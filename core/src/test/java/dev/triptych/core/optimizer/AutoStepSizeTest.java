package dev.triptych.core.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class AutoStepSizeTest {
  @Test
  void gradientLikeRulesGetTheInverseCurvature() {
    assertThat(AutoStepSize.of("sgd", 4, 16, 8)).isEqualTo(0.25);
    assertThat(AutoStepSize.of("momentum", 4, 16, 8)).isCloseTo(0.025, within(1e-15));
  }

  @Test
  void signLikeRulesMoveAScoreByTheSameOnDataOfAnyScale() {
    // A sign step of α on every stored coordinate moves a score by α‖x‖₁; x is constant here.
    for (String optimizer : new String[] {"adagrad", "adam"}) {
      double stored = 7;
      double unit = AutoStepSize.of(optimizer, 1, stored, stored) * stored;
      double scaled = AutoStepSize.of(optimizer, 1, 100 * stored, stored) * 10 * stored;
      assertThat(scaled).isCloseTo(unit, within(1e-12));
    }
  }

  @Test
  void everyOptimizerHasAPositiveFiniteStepAndASchedule() {
    for (String optimizer : Optimizers.names()) {
      double initial = AutoStepSize.of(optimizer, 0.25, 1, 14);
      assertThat(new StepSize(AutoStepSize.schedule(optimizer), initial).at(0)).isPositive();
    }
    assertThat(AutoStepSize.schedule("adagrad")).isEqualTo(StepSize.Schedule.CONSTANT);
    assertThat(AutoStepSize.schedule("sgd")).isEqualTo(StepSize.Schedule.INVERSE_SQRT);
  }
}
