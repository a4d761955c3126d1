package dev.triptych.gossip.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.core.InvalidInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopologiesTest {

  @ParameterizedTest
  @CsvSource({
    "ring,1,0,0",
    "ring,2,1,1",
    "ring,3,3,2",
    "ring,8,8,2",
    "path,1,0,0",
    "path,2,1,1",
    "path,3,2,2",
    "path,8,7,2",
    "star,1,0,0",
    "star,2,1,1",
    "star,3,2,2",
    "star,8,7,7",
    "torus,4,4,2",
    "torus,6,9,3",
    "torus,9,18,4",
    "torus,12,24,4",
    "torus,16,32,4",
    "hypercube,1,0,0",
    "hypercube,2,1,1",
    "hypercube,8,12,3",
    "exponential,1,0,0",
    "exponential,2,1,1",
    "exponential,3,3,2",
    "exponential,4,8,2",
    "exponential,8,24,3",
    "exponential,6,18,3",
    "complete,1,0,0",
    "complete,2,1,1",
    "complete,3,3,2",
    "complete,8,28,7",
    "torus:1x5,5,5,2",
    "torus:2x5,10,15,3",
    "torus:5x4,20,40,4",
    "binary-tree,1,0,0",
    "binary-tree,2,1,1",
    "binary-tree,3,2,2",
    "binary-tree,15,14,3",
    "directed-ring,1,0,0",
    "directed-ring,2,1,1",
    "directed-ring,3,3,1",
    "directed-ring,8,8,1",
    "random-regular,1,0,0",
    "random-regular,2,1,1",
    "random-regular,3,3,2",
    "random-regular,8,16,4",
    "erdos-renyi,1,0,0",
    "erdos-renyi,2,1,1",
    "erdos-renyi,3,3,2",
    "small-world,1,0,0",
    "small-world,2,1,1",
    "small-world,3,3,2",
    "small-world:4:0,8,16,4",
  })
  void graphHasItsNumberOfEdgesAndNeighbours(String name, int nodes, long edges, int degree) {
    Topology topology = Topologies.byName(name, nodes);

    assertThat(topology.numNodes()).isEqualTo(nodes);
    assertThat(topology.numEdges()).isEqualTo(edges);
    assertThat(topology.maxDegree()).isEqualTo(degree);
  }

  @Test
  void staticExponentialGraphIsTheDirectedCirculantOfPowersOfTwo() {
    Topology topology = Topologies.exponential(6);

    assertThat(topology.isDirected()).isTrue();
    assertThat(topology.receivers(5)).containsExactly(0, 1, 3);
    assertThat(topology.senders(0)).containsExactly(2, 4, 5);
  }

  @Test
  void torusPicksTheFactorsNearestToTheRoot() {
    // 3 x 4: node 0 sits beside 1 and 3 in its row and below 8, above 4 in its column.
    assertThat(Topologies.torus(12).receivers(0)).containsExactly(1, 3, 4, 8);
  }

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
        "binary-tree",
        "directed-ring",
        "random-regular",
        "erdos-renyi",
        "small-world"
      })
  void noNodesAreRefusedInWords(String name) {
    assertThatThrownBy(() -> Topologies.byName(name, 0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("needs at least 1 node, got 0");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 13})
  void torusOfAPrimeNumberIsRefusedInWords(int nodes) {
    assertThatThrownBy(() -> Topologies.torus(nodes))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("a torus is a grid of a x b nodes")
        .hasMessageContaining(String.valueOf(nodes));
  }

  @Test
  void treeNodesKnowParentAndChildren() {
    assertThat(Topologies.binaryTree(15).receivers(4)).containsExactly(1, 9, 10);
    assertThat(Topologies.binaryTree(15).receivers(0)).containsExactly(1, 2);
  }

  @Test
  void directedRingSendsOneWay() {
    assertThat(Topologies.directedRing(5).isDirected()).isTrue();
    assertThat(Topologies.directedRing(5).receivers(4)).containsExactly(0);
    assertThat(Topologies.directedRing(5).senders(4)).containsExactly(3);
  }

  @Test
  void torusHasTheSidesAskedFor() {
    // 2 x 6: node 0 has both neighbours of its row and one of its column.
    assertThat(Topologies.byName("torus:2x6", 12).receivers(0)).containsExactly(1, 5, 6);
    assertThat(Topologies.byName("torus:2x6", 12).name()).isEqualTo("torus:2x6");
  }

  @Test
  void hypercubeOfTwelveIsRefusedWithTheNearestSizes() {
    assertThatThrownBy(() -> Topologies.hypercube(12))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("a hypercube needs a power of two nodes, got 12: choose 8 or 16");
  }

  @Test
  void completeGraphOfAHundredThousandIsRefusedBeforeItIsBuilt() {
    assertThatThrownBy(() -> Topologies.complete(100_000))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("too large");
  }

  @Test
  void unknownNameIsRefusedWithTheNames() {
    assertThatThrownBy(() -> Topologies.byName("rign", 8))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'rign'")
        .hasMessageContaining("ring, path, star, torus, hypercube, exponential, complete");
  }
}
