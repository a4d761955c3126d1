package dev.triptych.gossip.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.core.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopologyFileTest {

  @Test
  void edgesRunBothWaysAndCommentsAreSkipped(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("graph.txt");
    Files.writeString(file, "# my graph\n0 1\n\n1 2 # a comment\n2\t0\n");

    Topology topology = TopologyFile.read(file);

    assertThat(topology.numNodes()).isEqualTo(3);
    assertThat(topology.isDirected()).isFalse();
    assertThat(topology.numEdges()).isEqualTo(3);
    assertThat(topology.hasWeights()).isFalse();
  }

  @Test
  void firstLineDirectedKeepsTheDirection() {
    Topology topology = TopologyFile.parse("g", List.of("# directed", "0 1", "1 2", "2 0"), null);

    assertThat(topology.isDirected()).isTrue();
    assertThat(topology.receivers(0)).containsExactly(1);
  }

  @Test
  void moreNodesThanTheFileNamesAreIsolated() {
    Topology topology = TopologyFile.parse("g", List.of("0 1"), 4);

    assertThat(topology.numNodes()).isEqualTo(4);
    assertThat(topology.receivers(3)).isEmpty();
  }

  @Test
  void weightIsTheReceiversShareOfTheSendersValue() {
    Topology topology =
        TopologyFile.parse("g", List.of("# directed", "0 1 0.25", "1 0 0.5", "1 1 0.75"), null);

    assertThat(topology.weight(1, 0)).isEqualTo(0.25);
    assertThat(topology.weight(0, 1)).isEqualTo(0.5);
    assertThat(topology.weight(1, 1)).isEqualTo(0.75);
    assertThat(topology.weight(0, 0)).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 one|expected a node number of 0 or more, got 'one'",
        "0|expected 'from to [weight]', got '0'",
        "0 1 0.5 7|expected 'from to [weight]', got '0 1 0.5 7'",
        "0 8|node 8 is outside 0..7 (nodes count from 0)",
        "-1 0|node -1 is outside 0..7 (nodes count from 0)",
        "0 2 0.5|weights must stand on every line or on none, got '0 2 0.5'",
      })
  void badLineIsRefusedWithFileAndLine(String line, String message) {
    assertThatThrownBy(() -> TopologyFile.parse("graph.txt", List.of("# x", "0 1", line), 8))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("graph.txt, line 3: " + message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"half", "0", "-0.5", "1.5", "NaN", "Infinity"})
  void badWeightIsRefusedWithFileAndLine(String weight) {
    assertThatThrownBy(() -> TopologyFile.parse("graph.txt", List.of("0 1 " + weight), 8))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("graph.txt, line 1: ")
        .hasMessageEndingWith(weight.equals("half") ? "got 'half'" : "got " + weight);
  }

  @Test
  void contradictingWeightsAreRefused() {
    assertThatThrownBy(() -> TopologyFile.parse("g", List.of("0 1 0.5", "1 0 0.25"), null))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("g, line 2: the edge 1 0 has weight 0.25 here and 0.5 above");
  }

  @Test
  void missingFileIsRefusedWithTheNamesOfTheGraphs(@TempDir Path folder) {
    assertThatThrownBy(() -> TopologyFile.read(folder.resolve("rign")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no such topology or file")
        .hasMessageContaining("ring");
  }

  @Test
  void emptyFileIsRefused() {
    assertThatThrownBy(() -> TopologyFile.parse("g", List.of("# nothing"), null))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no edges");
  }
}
