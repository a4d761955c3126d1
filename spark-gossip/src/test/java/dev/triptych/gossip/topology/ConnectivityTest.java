package dev.triptych.gossip.topology;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConnectivityTest {

  @Test
  void directedCycleIsConnectedAndAsPeriodicAsItIsLong() {
    Connectivity cycle = Connectivity.of(new int[][] {{1}, {2}, {3}, {0}});

    assertThat(cycle.isStronglyConnected()).isTrue();
    assertThat(cycle.period()).isEqualTo(4);
  }

  @Test
  void oneSelfLoopMakesACycleAperiodic() {
    assertThat(Connectivity.of(new int[][] {{1}, {2}, {2, 3}, {0}}).period()).isEqualTo(1);
  }

  @Test
  void cyclesOfFourAndSixNodesHavePeriodTwo() {
    int[][] graph = {{1, 4}, {2}, {3}, {0}, {5}, {6}, {7}, {8}, {0}};

    assertThat(Connectivity.of(graph).period()).isEqualTo(2);
  }

  @Test
  void oneWayBridgeSeparatesComponents() {
    Connectivity graph = Connectivity.of(new int[][] {{1}, {0, 2}, {3}, {2}});

    assertThat(graph.numComponents()).isEqualTo(2);
    assertThat(graph.component()[0]).isEqualTo(graph.component()[1]);
    assertThat(graph.component()[2]).isEqualTo(graph.component()[3]);
    assertThat(graph.component()[0]).isNotEqualTo(graph.component()[2]);
  }

  @Test
  void aPathOfManyNodesNeedsNoDeepStack() {
    Topology path = Topologies.path(200_000);
    int[][] receivers = new int[path.numNodes()][];
    for (int i = 0; i < receivers.length; i++) {
      receivers[i] = path.receivers(i);
    }

    Connectivity connectivity = Connectivity.of(receivers);

    assertThat(connectivity.isStronglyConnected()).isTrue();
    assertThat(connectivity.period()).isEqualTo(2);
  }
}
