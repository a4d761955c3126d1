package dev.triptych.spark.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RingPlanTest {
  @Test
  void theLargestArraysAreCutWithoutOverflow() {
    RingPlan plan = new RingPlan(7, Integer.MAX_VALUE, Integer.MAX_VALUE);

    assertThat(plan.numPieces(6)).isEqualTo(1);
    assertThat(plan.end(6, 0)).isEqualTo(Integer.MAX_VALUE);
    assertThat(plan.numValuesSent(0) + plan.numValuesSent(1)).isPositive();
  }

  @Test
  void oneNodeSendsNothing() {
    assertThat(new RingPlan(1, 100, 10).numHops()).isZero();
    assertThat(new RingPlan(1, 100, 10).numValuesSent(0)).isZero();
  }

  @Test
  void whatIsNoRingIsRefused() {
    assertThatThrownBy(() -> new RingPlan(0, 1, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RingPlan(1, -1, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RingPlan(1, 1, 0)).isInstanceOf(IllegalArgumentException.class);
  }
}
