package dev.triptych.gossip.pairing;

import dev.triptych.gossip.topology.Connectivity;
import dev.triptych.gossip.topology.Topology;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Who starts averages with whom: of two neighbours always the same one, the one with fewer
 * neighbours, or with the smaller number if they have equally many. So a node only ever waits for
 * one that is higher in this order, no circle of waiting nodes can arise, and nobody has to be
 * refused. On a bipartite graph that is numbered accordingly these are the active and passive nodes
 * of Lian et al. (2018); the order takes their place on every other graph. Leaves ask their hub and
 * not the hub its leaves, so that nearly every gradient goes with an average.
 *
 * <p>An average goes both ways, so an edge in either direction makes two nodes neighbours.
 * Immutable and thread-safe.
 */
public final class PairOrder implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int[][] neighbours;
  private final int[][] partners;

  private PairOrder(int[][] neighbours, int[][] partners) {
    this.neighbours = neighbours;
    this.partners = partners;
  }

  /** The order on a graph. */
  public static PairOrder of(Topology topology) {
    int n = topology.numNodes();
    int[][] neighbours = new int[n][];
    for (int node = 0; node < n; node++) {
      neighbours[node] = union(topology.senders(node), topology.receivers(node));
    }
    int[][] partners = new int[n][];
    for (int node = 0; node < n; node++) {
      List<Integer> higher = new ArrayList<>();
      for (int other : neighbours[node]) {
        if (isHigher(neighbours, other, node)) {
          higher.add(other);
        }
      }
      partners[node] = higher.stream().mapToInt(Integer::intValue).toArray();
    }
    return new PairOrder(neighbours, partners);
  }

  private static boolean isHigher(int[][] neighbours, int a, int b) {
    int difference = neighbours[a].length - neighbours[b].length;
    return difference != 0 ? difference > 0 : a > b;
  }

  private static int[] union(int[] a, int[] b) {
    return IntStream.concat(Arrays.stream(a), Arrays.stream(b)).sorted().distinct().toArray();
  }

  /** Connected component of each node, 0-based; do not change. */
  public int[] components() {
    return Connectivity.of(neighbours).component();
  }

  /** n. */
  public int numNodes() {
    return neighbours.length;
  }

  /** All that a node averages with, ascending; do not change. */
  public int[] neighbours(int node) {
    return neighbours[node];
  }

  /** Those of them that it asks; the others ask it. Ascending; do not change. */
  public int[] partners(int node) {
    return partners[node];
  }
}
