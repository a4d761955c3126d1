package dev.triptych.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.triptych.core.InvalidInputException;
import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.gossip.mixing.TopologyReport;
import dev.triptych.gossip.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A picture of a graph, nodes on a circle: one HTML file that needs no network, with a drawing per
 * round where the graph changes.
 */
public final class GraphPicture {
  /** Edges that can still be told apart, and drawn by a browser. */
  private static final long MAX_EDGES = 20_000;

  private static final int MAX_NODES = 2_000;

  private static final int MAX_NODES_IN_REPORT = 128;

  private static final int MAX_ROUNDS_IN_REPORT = 64;

  private static final int CONTRACTION_ROUNDS = 30;

  private static final int CONTRACTION_COLUMNS = 16;

  private GraphPicture() {}

  /** Round by round a list of edges {from, to}; an undirected edge is there once. */
  private record Embedded(
      String title, String facts, int nodes, boolean directed, List<List<int[]>> rounds) {}

  /** The graph as a run's report draws it; null if it has too many edges for that. */
  public static RunsFile.@Nullable Graph of(MixingSequence mixing) {
    if (mixing.numNodes() > MAX_NODES_IN_REPORT || mixing.period() > MAX_ROUNDS_IN_REPORT) {
      return null;
    }
    Topology union = mixing.union("graph");
    boolean directed = !mixing.isSymmetric() && union.isDirected();
    List<List<List<Integer>>> rounds = new ArrayList<>();
    for (int t = 0; t < mixing.period(); t++) {
      List<int[]> edges = edges(MixingSequence.constant(mixing.at(t)).union("round"), directed);
      rounds.add(edges.stream().map(edge -> List.of(edge[0], edge[1])).toList());
    }
    TopologyReport report = TopologyReport.of(union, mixing);
    return new RunsFile.Graph(
        mixing.numNodes(),
        directed,
        report.spectralGap(),
        report.exactAfterRounds(),
        mixing.isDoublyStochastic() ? contraction(mixing, report.spectralGap()) : null,
        rounds);
  }

  /** Averages random vectors over the graph, without gradients. */
  private static RunsFile.Contraction contraction(MixingSequence mixing, double gap) {
    Random random = new Random(1);
    double[][] columns = new double[CONTRACTION_COLUMNS][];
    for (int k = 0; k < columns.length; k++) {
      columns[k] = random.doubles(mixing.numNodes(), -1, 1).toArray();
    }
    double start = distance(columns);
    List<Double> measured = new ArrayList<>();
    List<Double> predicted = new ArrayList<>();
    for (int round = 0; round <= CONTRACTION_ROUNDS; round++) {
      measured.add(distance(columns) / start);
      predicted.add(Math.pow(1 - gap, round));
      for (int k = 0; k < columns.length; k++) {
        double[] mixed = new double[mixing.numNodes()];
        mixing.at(round).multiply(columns[k], mixed);
        columns[k] = mixed;
      }
    }
    return new RunsFile.Contraction(measured, predicted);
  }

  private static double distance(double[][] columns) {
    double sum = 0;
    for (double[] column : columns) {
      double mean = 0;
      for (double value : column) {
        mean += value / column.length;
      }
      for (double value : column) {
        sum += (value - mean) * (value - mean);
      }
    }
    return Math.sqrt(sum);
  }

  /**
   * The whole page.
   *
   * @param facts one line below the title
   * @throws InvalidInputException if the graph is too large to be drawn
   */
  public static String render(String name, String facts, MixingSequence mixing) {
    Topology union = mixing.union(name);
    if (union.numNodes() > MAX_NODES || union.numEdges() > MAX_EDGES) {
      throw new InvalidInputException(
          String.format(
              "%s has %d nodes and %d edges, a picture shows up to %d and %d",
              name, union.numNodes(), union.numEdges(), MAX_NODES, MAX_EDGES));
    }
    boolean directed = !mixing.isSymmetric() && union.isDirected();
    List<List<int[]>> rounds = new ArrayList<>();
    for (int t = 0; t < mixing.period(); t++) {
      rounds.add(edges(MixingSequence.constant(mixing.at(t)).union(name), directed));
    }
    return ReportHtml.page(
        "graph.html", json(new Embedded(name, facts, union.numNodes(), directed, rounds)));
  }

  private static List<int[]> edges(Topology graph, boolean directed) {
    List<int[]> edges = new ArrayList<>();
    for (int i = 0; i < graph.numNodes(); i++) {
      for (int j : graph.receivers(i)) {
        if (directed || i < j) {
          edges.add(new int[] {i, j});
        }
      }
    }
    return edges;
  }

  private static String json(Embedded picture) {
    try {
      return RunsJson.MAPPER
          .writer()
          .without(SerializationFeature.INDENT_OUTPUT)
          .writeValueAsString(picture)
          .replace("<", "\\u003c");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a graph is always writable", e);
    }
  }
}
