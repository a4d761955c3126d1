package dev.triptych.spark.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.spark.transport.Address;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MembershipTest {
  private static final Address A = new Address("a", 1);
  private static final Address B = new Address("b", 2);

  @Test
  void aRunIsCompleteWhenTheLastWorkerJoins() {
    Membership membership = new Membership(3);
    membership.join(new int[] {0, 2}, 0, A);
    assertThat(membership.isComplete()).isFalse();
    assertThat(membership.missing()).containsExactly(1);

    membership.join(new int[] {1}, 0, B);

    assertThat(membership.isComplete()).isTrue();
    assertThat(membership.missing()).isEmpty();
    assertThat(membership.addresses()).isEqualTo(Map.of(0, A, 1, B, 2, A));
  }

  @Test
  void joiningTwiceDoesNotCountTwice() {
    Membership membership = new Membership(2);
    membership.join(new int[] {0}, 0, A);
    membership.join(new int[] {0}, 1, A);

    assertThat(membership.isComplete()).isFalse();
  }

  @Test
  void aRetryReplacesTheAddress() {
    Membership membership = new Membership(2);
    membership.join(new int[] {0, 1}, 0, A);
    membership.join(new int[] {1}, 1, B);

    assertThat(membership.addresses()).isEqualTo(Map.of(0, A, 1, B));
  }

  @Test
  void anEarlierAttemptThatComesLateIsRefusedAndChangesNothing() {
    Membership membership = new Membership(2);
    membership.join(new int[] {1}, 1, B);

    assertThatThrownBy(() -> membership.join(new int[] {0, 1}, 0, A))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("worker 1 joined in attempt 1 already, attempt 0 comes too late");
    assertThat(membership.addresses()).isEqualTo(Map.of(1, B));
    assertThat(membership.missing()).containsExactly(0);
  }

  @Test
  void workersWithoutAnAddressAreMembersToo() {
    Membership membership = new Membership(2);
    membership.join(new int[] {0, 1}, 0, null);

    assertThat(membership.isComplete()).isTrue();
    assertThat(membership.addresses()).isEmpty();
  }

  @Test
  void strangersAreRefusedByNumber() {
    Membership membership = new Membership(2);

    assertThatThrownBy(() -> membership.join(new int[] {0, 2}, 0, A))
        .hasMessage("no worker 2 in a run of 2 workers");
    assertThatThrownBy(() -> membership.join(new int[] {-1}, 0, A))
        .hasMessage("no worker -1 in a run of 2 workers");
    assertThatThrownBy(() -> membership.join(new int[0], 0, A))
        .hasMessage("a task joined without workers");
    assertThatThrownBy(() -> membership.join(new int[] {0}, -1, A))
        .hasMessage("attempt must not be negative, got -1");
    assertThat(membership.missing()).containsExactly(0, 1);
  }

  @Test
  void theLastReportOfAWorkerCounts() {
    Membership membership = new Membership(2);
    membership.join(new int[] {0, 1}, 0, null);
    membership.report(1, 5);
    membership.report(1, 7);

    assertThat(membership.updatesByWorker()).containsExactly(0, 7);
  }

  @Test
  void reportsOfStrangersAreRefused() {
    Membership membership = new Membership(2);
    membership.join(new int[] {0}, 0, null);

    assertThatThrownBy(() -> membership.report(1, 5))
        .hasMessage("worker 1 reports without having joined");
    assertThatThrownBy(() -> membership.report(2, 5))
        .hasMessage("no worker 2 in a run of 2 workers");
    assertThatThrownBy(() -> membership.report(0, -5))
        .hasMessage("updates must not be negative, got -5");
    assertThat(membership.updatesByWorker()).containsExactly(0, 0);
  }

  @Test
  void aRunNeedsAWorker() {
    assertThatThrownBy(() -> new Membership(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
