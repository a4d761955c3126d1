package dev.triptych.gossip.topology;

import dev.triptych.core.InvalidInputException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A directed graph of n nodes, 0..n−1: an edge i → j means that i sends to j. An undirected graph
 * holds both directions of every edge. Self-loops are not edges here; whether a node counts itself
 * is the mixing matrix's business. A graph read from a file may carry weights. Immutable and
 * thread-safe.
 */
public final class Topology implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Nodes that a graph may have. */
  public static final int MAX_NODES = 1_000_000;

  /** Directed edges that a graph may have. */
  public static final long MAX_EDGES = 50_000_000;

  private final String name;
  private final boolean directed;
  private final int[][] receivers;
  private final int[][] senders;
  // Given weights by receiver and sender, the receiver itself included; null: none were given.
  private final @Nullable TreeMap<Integer, TreeMap<Integer, Double>> weights;

  private Topology(
      String name,
      boolean directed,
      int[][] receivers,
      @Nullable TreeMap<Integer, TreeMap<Integer, Double>> weights) {
    this.name = name;
    this.directed = directed;
    this.receivers = receivers;
    this.senders = reverse(receivers);
    this.weights = weights;
  }

  /**
   * A graph from its edges.
   *
   * @param receivers receivers[i] lists the nodes that i sends to, in any order, without i itself;
   *     repeated entries count once
   * @throws IllegalArgumentException if an entry is out of range or a self-loop
   */
  public static Topology of(String name, int[][] receivers) {
    return withWeights(name, receivers, null);
  }

  static Topology withWeights(
      String name,
      int[][] receivers,
      @Nullable TreeMap<Integer, TreeMap<Integer, Double>> weights) {
    int[][] sorted = new int[receivers.length][];
    for (int i = 0; i < receivers.length; i++) {
      int node = i;
      sorted[i] = Arrays.stream(receivers[i]).sorted().distinct().toArray();
      for (int j : sorted[i]) {
        if (j < 0 || j >= receivers.length || j == node) {
          throw new IllegalArgumentException("no edge can go from node " + node + " to " + j);
        }
      }
    }
    return new Topology(name, !Arrays.deepEquals(sorted, reverse(sorted)), sorted, weights);
  }

  /** The same graph under another name. */
  Topology named(String otherName) {
    return new Topology(otherName, directed, receivers, weights);
  }

  /** Name on the command line, or the file it was read from. */
  public String name() {
    return name;
  }

  /** n. */
  public int numNodes() {
    return receivers.length;
  }

  /** Whether some edge has no edge back. */
  public boolean isDirected() {
    return directed;
  }

  /** The nodes that {@code node} sends to, ascending; do not change. */
  public int[] receivers(int node) {
    return receivers[node];
  }

  /** The nodes that {@code node} hears from, ascending; do not change. */
  public int[] senders(int node) {
    return senders[node];
  }

  /** Edges; an undirected edge counts once. */
  public long numEdges() {
    long arcs = 0;
    for (int[] targets : receivers) {
      arcs += targets.length;
    }
    return directed ? arcs : arcs / 2;
  }

  /** Largest number of nodes that one node sends to. */
  public int maxDegree() {
    int max = 0;
    for (int[] targets : receivers) {
      max = Math.max(max, targets.length);
    }
    return max;
  }

  /** Whether every node hears from and sends to the same number of nodes. */
  public boolean isRegular() {
    int degree = receivers[0].length;
    for (int i = 0; i < receivers.length; i++) {
      if (receivers[i].length != degree || senders[i].length != degree) {
        return false;
      }
    }
    return true;
  }

  /** Whether the graph came with weights of its own. */
  public boolean hasWeights() {
    return weights != null;
  }

  /**
   * The weight that {@code receiver} gives to {@code sender}'s value, or null if none was given.
   */
  public @Nullable Double weight(int receiver, int sender) {
    return weights == null || !weights.containsKey(receiver)
        ? null
        : weights.get(receiver).get(sender);
  }

  private static int[][] reverse(int[][] adjacency) {
    int[] counts = new int[adjacency.length];
    for (int[] targets : adjacency) {
      for (int j : targets) {
        counts[j]++;
      }
    }
    int[][] reversed = new int[adjacency.length][];
    for (int j = 0; j < reversed.length; j++) {
      reversed[j] = new int[counts[j]];
      counts[j] = 0;
    }
    for (int i = 0; i < adjacency.length; i++) {
      for (int j : adjacency[i]) {
        reversed[j][counts[j]++] = i;
      }
    }
    return reversed;
  }

  /** Refuses sizes that cannot be held, in words. */
  public static void checkSize(String name, long numNodes, long numArcs) {
    if (numNodes < 1) {
      throw new InvalidInputException("a " + name + " needs at least 1 node, got " + numNodes);
    }
    if (numNodes > MAX_NODES || numArcs > MAX_EDGES) {
      throw new InvalidInputException(
          String.format(
              "a %s of %d nodes is too large: at most %d nodes and %d directed edges",
              name, numNodes, MAX_NODES, MAX_EDGES));
    }
  }
}
