package dev.triptych.gossip.topology;

import java.util.Arrays;

/** Collects the edges of a graph. */
final class Edges {
  private final int[][] receivers;
  private final int[] counts;

  Edges(int numNodes) {
    receivers = new int[numNodes][4];
    counts = new int[numNodes];
  }

  /** {@code from} sends to {@code to}; a self-loop is no edge. */
  void arc(int from, int to) {
    if (from == to) {
      return;
    }
    if (counts[from] == receivers[from].length) {
      receivers[from] = Arrays.copyOf(receivers[from], 2 * counts[from]);
    }
    receivers[from][counts[from]++] = to;
  }

  /** Both send to each other. */
  void both(int a, int b) {
    arc(a, b);
    arc(b, a);
  }

  Topology build(String name) {
    int[][] adjacency = new int[receivers.length][];
    for (int i = 0; i < adjacency.length; i++) {
      adjacency[i] = Arrays.copyOf(receivers[i], counts[i]);
    }
    return Topology.of(name, adjacency);
  }
}
