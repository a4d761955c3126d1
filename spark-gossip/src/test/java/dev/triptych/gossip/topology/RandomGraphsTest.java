package dev.triptych.gossip.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.InvalidInputException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RandomGraphsTest {

  @Test
  void everyNodeOfARandomRegularGraphHasItsDegree() {
    for (int n = 2; n <= 40; n++) {
      for (int degree = 0; degree < n; degree++) {
        if (n % 2 == 1 && degree % 2 == 1) {
          continue;
        }
        Topology graph = Topologies.byName("random-regular:" + degree + ":7", n);
        assertThat(graph.isDirected()).isFalse();
        for (int i = 0; i < n; i++) {
          assertThat(graph.receivers(i)).as("n %d, degree %d", n, degree).hasSize(degree);
        }
      }
    }
  }

  @Test
  void cubicGraphsOnSixNodesAppearAsOftenAsTheirNumberOfLabellings() {
    // 10 labellings of K(3,3) without triangles, 60 of the prism with two: 1/7 against 6/7.
    int bipartite = 0;
    for (int seed = 0; seed < 2000; seed++) {
      Topology graph = Topologies.byName("random-regular:3:" + seed, 6);
      bipartite += numTriangles(graph) == 0 ? 1 : 0;
    }
    // Four standard deviations.
    assertThat(bipartite / 2000.0).isCloseTo(1 / 7.0, within(0.032));
  }

  @Test
  void erdosRenyiHasTheExpectedNumberOfEdgesAndTriangles() {
    int n = 1500;
    Topology graph = Topologies.byName("erdos-renyi:0.01:3", n);
    double edges = n * (n - 1) / 2.0 * 0.01;
    double triangles = n * (n - 1.0) * (n - 2) / 6 * 1e-6;

    assertThat((double) graph.numEdges()).isCloseTo(edges, within(4 * Math.sqrt(edges)));
    // The variance of triangles is the mean and what shared edges add, here less than as much
    // again.
    assertThat((double) numTriangles(graph))
        .isCloseTo(triangles, within(4 * Math.sqrt(2 * triangles)));
  }

  @Test
  void erdosRenyiReachesEveryPair() {
    boolean[][] seen = new boolean[5][5];
    for (int seed = 0; seed < 200; seed++) {
      Topology graph = Topologies.byName("erdos-renyi:0.3:" + seed, 5);
      for (int i = 0; i < 5; i++) {
        for (int j : graph.receivers(i)) {
          seen[i][j] = true;
        }
      }
    }
    for (int i = 0; i < 5; i++) {
      for (int j = 0; j < 5; j++) {
        assertThat(seen[i][j]).as("%d-%d", i, j).isEqualTo(i != j);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0,0", "1,45", "1e-300,0"})
  void erdosRenyiAtTheEndsIsEmptyOrComplete(double p, int edges) {
    assertThat(Topologies.byName("erdos-renyi:" + p, 10).numEdges()).isEqualTo(edges);
  }

  @Test
  void smallWorldKeepsTheNumberOfEdgesAndMovesAboutPOfThem() {
    int n = 2000;
    Topology ring = Topologies.byName("small-world:6:0", n);
    Topology graph = Topologies.byName("small-world:6:0.2", n);

    assertThat(ring.isRegular()).isTrue();
    assertThat(graph.numEdges()).isEqualTo(3L * n).isEqualTo(ring.numEdges());
    long moved = 0;
    for (int i = 0; i < n; i++) {
      int node = i;
      moved +=
          Arrays.stream(graph.receivers(i))
              .filter(j -> Arrays.binarySearch(ring.receivers(node), j) < 0)
              .count();
    }
    assertThat(moved / 2.0 / (3 * n)).isCloseTo(0.2, within(0.025));
  }

  @ParameterizedTest
  @ValueSource(strings = {"random-regular:3", "erdos-renyi:0.4", "small-world:4:0.5"})
  void aSeedRepeatsTheGraphAndAnotherDoesNot(String name) {
    Topology one = Topologies.byName(name + ":5", 20);
    Topology same = Topologies.byName(name + ":5", 20);
    Topology other = Topologies.byName(name + ":6", 20);

    assertThat(edges(one)).isEqualTo(edges(same)).isNotEqualTo(edges(other));
    assertThat(one.name()).isEqualTo(name + ":5");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "random-regular:3|9|no graph has 9 nodes with 3 neighbours each",
        "random-regular:9|9|a node of 9 has at most 8 neighbours",
        "random-regular:-1|9|expected a degree of 0 to 1000000, got '-1'",
        "random-regular:2:x|9|expected a seed of 0 to 2147483647, got 'x'",
        "random-regular:2:1:1|9|expected random-regular, random-regular:DEGREE",
        "erdos-renyi:1.5|9|expected a probability in [0, 1], got '1.5'",
        "erdos-renyi:NaN|9|expected a probability in [0, 1], got 'NaN'",
        "small-world:3|9|expected an even number of neighbours below 9, got 3",
        "small-world:10|9|expected an even number of neighbours below 9, got 10",
        "torus:4x8|30|has 32 nodes, got 30",
        "torus:4|4|expected a grid like 4x8, got '4'",
        "torus:0x4|4|expected a side of 1 to 1000000, got '0'",
        "ring:3|3|expected ring",
      })
  void badArgumentsAreRefusedInWords(String name, int nodes, String words) {
    assertThatThrownBy(() -> Topologies.byName(name, nodes))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("topology " + name)
        .hasMessageContaining(words);
  }

  private static String edges(Topology graph) {
    StringBuilder edges = new StringBuilder();
    for (int i = 0; i < graph.numNodes(); i++) {
      edges.append(Arrays.toString(graph.receivers(i)));
    }
    return edges.toString();
  }

  private static long numTriangles(Topology graph) {
    long triangles = 0;
    for (int i = 0; i < graph.numNodes(); i++) {
      for (int j : graph.receivers(i)) {
        for (int k : graph.receivers(j)) {
          if (i < j && j < k && Arrays.binarySearch(graph.receivers(k), i) >= 0) {
            triangles++;
          }
        }
      }
    }
    return triangles;
  }
}
