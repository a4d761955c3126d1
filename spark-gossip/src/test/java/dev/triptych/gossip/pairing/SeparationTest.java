package dev.triptych.gossip.pairing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.gossip.topology.Topologies;
import dev.triptych.gossip.topology.Topology;
import org.junit.jupiter.api.Test;

class SeparationTest {
  private static final long BOUND = 30_000_000;
  private final Separation ring = new Separation(PairOrder.of(Topologies.byName("ring", 6)), BOUND);

  @Test
  void whoIsMissedByOneNeighbourIsStillHeardByTheOther() {
    ring.misses(1, new int[] {2}, 0);
    assertThat(ring.reason(10 * BOUND)).isNull();
  }

  @Test
  void twoIslandsStopAfterTheBoundAndAreNamed() {
    ring.misses(1, new int[] {2}, 0);
    ring.misses(4, new int[] {5}, 10);
    assertThat(ring.reason(BOUND)).isNull();
    assertThat(ring.reason(BOUND + 11))
        .isEqualTo("for 30 ms these nodes have not heard of each other: [0, 1, 5] and [2, 3, 4]");
  }

  @Test
  void timeCountsFromTheLastTimeTheyHungTogether() {
    ring.misses(1, new int[] {0, 2}, 0);
    ring.misses(1, new int[] {0}, 20_000_000);
    ring.misses(1, new int[] {0, 2}, 25_000_000);
    assertThat(ring.reason(BOUND + 20_000_000)).isNull();
    assertThat(ring.reason(BOUND + 25_000_001)).contains("[0, 2, 3, 4, 5] and [1]");
  }

  @Test
  void aGraphThatWasInPartsBeforeMayStayInThem() {
    int[][] pairs = {{1}, {0}, {3}, {2}};
    var parts = new Separation(PairOrder.of(Topology.of("parts", pairs)), BOUND);
    parts.misses(0, new int[0], 0);
    assertThat(parts.reason(10 * BOUND)).isNull();
    parts.misses(3, new int[] {2}, 0);
    assertThat(parts.reason(10 * BOUND)).contains("[0, 1] and [2] and [3]");
  }
}
