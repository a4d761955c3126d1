package dev.triptych.async.delay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DelayRulesTest {

  /** α = 0.5 now, α(0) = 2, n = 4. */
  @ParameterizedTest
  @CsvSource({
    "none,        9, 0.5",
    "inverse,     0, 0.5",
    "inverse,     4, 0.1",
    "mishchenko,  4, 0.5",
    "mishchenko,  8, 0.25",
    "mishchenko,  5, 0.4",
    "koloskova:5, 4, 0.5",
    "koloskova:5, 5, 0.01",
    "koloskova:5, 10, 0.005",
    "koloskova:0.001, 5, 0.5",
    "koloskova,   5, 0.1",
    "ringmaster:3, 2, 0.5",
    "dc-asgd,     7, 0.5",
    "drop:3,      3, 0.5",
  })
  void everyRuleFollowsItsFormula(String rule, long delay, double expected) {
    assertThat(DelayRules.parse(rule).stepSize(0.5, 2, delay, 4)).isEqualTo(expected);
    assertThat(DelayRules.parse(rule).discards(delay)).isFalse();
  }

  @Test
  void ringmasterDiscardsFromItsThresholdAndDropBeyondItsBound() {
    assertThat(DelayRules.parse("ringmaster:3").discards(2)).isFalse();
    assertThat(DelayRules.parse("ringmaster:3").discards(3)).isTrue();
    assertThat(DelayRules.parse("drop:3").discards(3)).isFalse();
    assertThat(DelayRules.parse("drop:3").discards(4)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "none",
        "inverse",
        "mishchenko",
        "koloskova",
        "koloskova:0.3",
        "ringmaster:1",
        "dc-asgd:2.0",
        "drop:0"
      })
  void aRuleIsParsedFromItsOwnWordsAndLeavesFreshGradientsAlone(String words) {
    DelayRule rule = DelayRules.parse(words);
    assertThat(rule).hasToString(words);
    assertThat(rule.stepSize(0.5, 2, 0, 1)).isEqualTo(0.5);
    assertThat(rule.discards(0)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "invers",
        "none:1",
        "inverse:2",
        "ringmaster",
        "ringmaster:0",
        "ringmaster:x",
        "drop",
        "drop:-1",
        "dc-asgd:0",
        "dc-asgd:NaN",
        "koloskova:-1",
        "koloskova:Infinity"
      })
  void wordsThatAreNoRuleAreRefused(String words) {
    assertThatIllegalArgumentException().isThrownBy(() -> DelayRules.parse(words));
  }
}
