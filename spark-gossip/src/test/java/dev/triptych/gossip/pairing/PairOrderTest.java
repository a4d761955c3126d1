package dev.triptych.gossip.pairing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.gossip.topology.Topologies;
import dev.triptych.gossip.topology.Topology;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PairOrderTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ring",
        "path",
        "star",
        "torus",
        "hypercube",
        "exponential",
        "complete",
        "binary-tree"
      })
  void everyPairOfNeighboursHasOneWhoAsksAndNobodyWaitsInACircle(String name) {
    Topology graph = Topologies.byName(name, 16);
    PairOrder order = PairOrder.of(graph);
    int[] rank = new int[16];
    for (int node = 0; node < 16; node++) {
      for (int other : order.neighbours(node)) {
        boolean asks = contains(order.partners(node), other);
        assertThat(contains(order.partners(other), node)).isEqualTo(!asks);
      }
    }
    // Longest chain of nodes that wait for each other; would not end in a circle.
    for (int pass = 0; pass < 16; pass++) {
      for (int node = 0; node < 16; node++) {
        for (int other : order.partners(node)) {
          rank[node] = Math.max(rank[node], rank[other] + 1);
        }
      }
    }
    assertThat(Arrays.stream(rank).max().orElseThrow()).isLessThan(16);
  }

  @Test
  void leavesAskTheirHub() {
    PairOrder order = PairOrder.of(Topologies.byName("star", 5));
    int hub = order.neighbours(0).length == 4 ? 0 : 4;
    assertThat(order.partners(hub)).isEmpty();
    for (int node = 0; node < 5; node++) {
      if (node != hub) {
        assertThat(order.partners(node)).containsExactly(hub);
      }
    }
  }

  @Test
  void anEdgeInOneDirectionMakesNeighbours() {
    PairOrder order = PairOrder.of(Topology.of("one way", new int[][] {{1}, {2}, {0}}));
    assertThat(order.neighbours(0)).containsExactly(1, 2);
    assertThat(order.partners(0)).containsExactly(1, 2);
    assertThat(order.partners(1)).containsExactly(2);
    assertThat(order.partners(2)).isEmpty();
  }

  private static boolean contains(int[] sorted, int value) {
    return Arrays.binarySearch(sorted, value) >= 0;
  }
}
