package dev.triptych.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EffectiveStepTest {
  @Test
  void theStepIsTheRulesForEachStalenessAndItsMeanIsOverTheGradients() {
    EffectiveStep step = Objects.requireNonNull(of("inverse", List.of(3L, 1L)));

    assertThat(step.steps()).containsExactly(0.5, 0.25);
    assertThat(step.mean()).isCloseTo((3 * 0.5 + 0.25) / 4, within(1e-15));
  }

  @Test
  void whatARuleDiscardsHasNoStep() {
    assertThat(Objects.requireNonNull(of("drop:0", List.of(3L, 1L))).steps())
        .containsExactly(0.5, null);
  }

  @Test
  void aRuleOfAnotherVersionIsNotGuessed() {
    assertThat(of("tomorrow:3", List.of(1L))).isNull();
  }

  private static @Nullable EffectiveStep of(String rule, List<Long> histogram) {
    return EffectiveStep.of(
        HandMade.run("async", 1, 0.5)
            .settings(Map.of("delay-rule", rule, "step-size", "0.5"))
            .histogram(histogram)
            .workers(4, 1, 0)
            .build());
  }
}
