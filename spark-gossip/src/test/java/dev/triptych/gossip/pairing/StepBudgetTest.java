package dev.triptych.gossip.pairing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.gossip.pairing.StepBudget.Grant;
import org.junit.jupiter.api.Test;

class StepBudgetTest {
  private final StepBudget budget = new StepBudget(2);

  @Test
  void fastNodesGetMoreAndAllTogetherExactlyTheLimit() {
    budget.extendTo(10);
    assertThat(budget.claim(0, 6)).isEqualTo(new Grant(6, 0, 6, false, false));
    assertThat(budget.claim(1, 1)).isEqualTo(new Grant(1, 0, 7, false, false));
    assertThat(budget.claim(0, 6)).isEqualTo(new Grant(3, 6, 10, true, false));
    assertThat(budget.claim(1, 1)).isEqualTo(new Grant(0, 1, 10, true, false));
    assertThat(budget.granted(0)).isEqualTo(9);
  }

  @Test
  void itIsOverWhenAllHaveFinished() {
    budget.extendTo(1);
    budget.claim(0, 1);
    budget.finish(0);
    assertThat(budget.unfinished()).containsExactly(1);
    budget.finish(1);
    assertThat(budget.claim(0, 0).over()).isTrue();

    budget.extendTo(3);
    assertThat(budget.claim(1, 5)).isEqualTo(new Grant(2, 0, 3, true, false));
  }

  @Test
  void nobodyGetsMoreOnceANodeDivergedOrCannotGoOn() {
    budget.extendTo(10);
    budget.claim(0, 4);
    budget.diverge();
    assertThat(budget.claim(1, 4)).isEqualTo(new Grant(0, 0, 4, true, false));
    assertThat(budget.isDiverged()).isTrue();

    StepBudget other = new StepBudget(2);
    other.extendTo(10);
    other.fail("first");
    other.fail("second");
    assertThat(other.claim(1, 4).closed()).isTrue();
    assertThat(other.problem()).isEqualTo("first");
  }

  @Test
  void whatCannotBeIsRefused() {
    budget.extendTo(10);
    budget.claim(0, 4);
    assertThatThrownBy(() -> budget.extendTo(4)).hasMessageContaining("4 steps, of which 4");
    assertThatThrownBy(() -> budget.claim(2, 1))
        .hasMessageContaining("node 2 is none of the run's 2");
  }
}
