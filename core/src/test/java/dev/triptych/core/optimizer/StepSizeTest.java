package dev.triptych.core.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StepSizeTest {
  @ParameterizedTest
  @CsvSource({
    "CONSTANT,     0,    0.6",
    "CONSTANT,     1e6,  0.6",
    "INVERSE,      0.5,  0.4",
    "INVERSE,      2,    0.2",
    "INVERSE_SQRT, 3,    0.3",
    "INVERSE_SQRT, 1.25, 0.4",
  })
  void schedulesFollowTheirFormulas(StepSize.Schedule schedule, double epochs, double expected) {
    assertThat(new StepSize(schedule, 0.6).at(epochs)).isCloseTo(expected, within(1e-15));
  }

  @ParameterizedTest
  @EnumSource
  void everyScheduleStartsAtTheInitialStepAndNeverRises(StepSize.Schedule schedule) {
    StepSize stepSize = new StepSize(schedule, 0.7);
    assertThat(stepSize.at(0)).isEqualTo(0.7);
    for (int e = 0; e < 1000; e++) {
      assertThat(stepSize.at((e + 1) / 10.0))
          .isPositive()
          .isLessThanOrEqualTo(stepSize.at(e / 10.0));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void stepSizesThatAreNotPositiveAndFiniteAreRefused(double initial) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StepSize.constant(initial))
        .withMessageContaining("step size");
  }

  @Test
  void optionNamesAreThoseOfTheCommandLine() {
    assertThat(StepSize.Schedule.values())
        .extracting(StepSize.Schedule::optionName)
        .containsExactly("constant", "inverse", "inverse-sqrt");
  }
}
