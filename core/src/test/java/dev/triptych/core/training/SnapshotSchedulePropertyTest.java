package dev.triptych.core.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class SnapshotSchedulePropertyTest {
  @Property(tries = 500, seed = "1")
  void keptSnapshotsAreBoundedEvenlySpacedAndBeginAtUpdateZero(
      @ForAll @IntRange(min = 0, max = 5) int interval,
      @ForAll @IntRange(min = 0, max = 40) int maxKept,
      @ForAll @IntRange(min = 0, max = 3000) int numUpdates) {
    SnapshotSchedule<Integer> schedule = new SnapshotSchedule<>(interval, maxKept);
    for (int t = 0; t <= numUpdates; t++) {
      if (schedule.isDue(t)) {
        schedule.keep(t, t);
        List<Integer> kept = schedule.kept();
        assertThat(kept).hasSizeLessThanOrEqualTo(Math.max(4, maxKept));
        assertThat(kept.get(0)).isZero();
        assertThat(kept.get(kept.size() - 1)).isEqualTo(t);
        assertEvenlySpaced(kept);
      }
    }
  }

  @Property(tries = 500, seed = "2")
  void theLimitAlsoHoldsWhenUpdatesComeInStridesAndTheEndIsKept(
      @ForAll @IntRange(min = 1, max = 64) int stride,
      @ForAll @IntRange(min = 4, max = 20) int maxKept,
      @ForAll @IntRange(min = 1, max = 500) int numStrides) {
    SnapshotSchedule<Integer> schedule = new SnapshotSchedule<>(1, maxKept);
    for (int t = 0; t <= stride * numStrides; t += stride) {
      if (schedule.isDue(t) || t == stride * numStrides) {
        schedule.keep(t, t);
        assertThat(schedule.kept()).hasSizeLessThanOrEqualTo(maxKept);
      }
    }
    assertThat(schedule.kept().get(0)).isZero();
    assertThat(schedule.kept()).last().isEqualTo(stride * numStrides);
    assertThat(schedule.kept()).isSorted().doesNotHaveDuplicates();
  }

  @Property(tries = 300, seed = "3")
  void longRunsStillHaveAQuarterOfTheLimit(
      @ForAll @IntRange(min = 4, max = 60) int maxKept,
      @ForAll @IntRange(min = 60, max = 5000) int numUpdates) {
    SnapshotSchedule<Integer> schedule = new SnapshotSchedule<>(1, maxKept);
    for (int t = 0; t <= numUpdates; t++) {
      if (schedule.isDue(t)) {
        schedule.keep(t, t);
      }
    }
    assertThat(schedule.kept()).hasSizeGreaterThanOrEqualTo(maxKept / 4);
  }

  @Example
  void theSameUpdateIsNotDueTwice() {
    SnapshotSchedule<String> schedule = new SnapshotSchedule<>(1, 10);
    assertThat(schedule.isDue(0)).isTrue();
    schedule.keep(0, "start");
    assertThat(schedule.isDue(0)).isFalse();
    assertThat(schedule.isDue(1)).isTrue();
  }

  @Example
  void whatFitsIntoMemoryIsTheLimit() {
    assertThat(SnapshotSchedule.limitFor(1000, 80_000, 200)).isEqualTo(10);
    assertThat(SnapshotSchedule.limitFor(1000, 80_000, 6)).isEqualTo(6);
    assertThat(SnapshotSchedule.limitFor(100_000_000, 80_000, 200)).isEqualTo(4);
    assertThat(SnapshotSchedule.limitFor(0, 80_000, 200)).isEqualTo(200);
  }

  private static void assertEvenlySpaced(List<Integer> kept) {
    for (int i = 2; i < kept.size(); i++) {
      assertThat(kept.get(i) - kept.get(i - 1)).as("%s", kept).isEqualTo(kept.get(1));
    }
  }
}
