package dev.triptych.gossip.membership;

import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.gossip.topology.Connectivity;
import dev.triptych.gossip.topology.Topology;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Questions about the graph that some nodes are left with. */
final class Graph {
  private Graph() {}

  /** The nodes among {@code members} that reach each other, island by island, ascending. */
  static Collection<List<Integer>> islands(MixingSequence mixing, Collection<Integer> members) {
    Topology union = mixing.union("all rounds");
    int[][] receivers = new int[union.numNodes()][];
    for (int i = 0; i < receivers.length; i++) {
      receivers[i] = union.receivers(i);
    }
    int[] component = Connectivity.of(receivers).component();
    Map<Integer, List<Integer>> islands = new TreeMap<>();
    for (int member : new TreeSet<>(members)) {
      islands.computeIfAbsent(component[member], key -> new ArrayList<>()).add(member);
    }
    List<List<Integer>> ordered = new ArrayList<>(islands.values());
    ordered.sort((a, b) -> Integer.compare(a.get(0), b.get(0)));
    return ordered;
  }

  /**
   * The nearest of {@code candidates}, whichever way the edges point; among equally near ones the
   * one that has done most rounds, then the first.
   */
  static int nearest(MixingSequence mixing, int node, Set<Integer> candidates, long[] rounds) {
    Topology union = mixing.union("all rounds");
    boolean[] seen = new boolean[union.numNodes()];
    seen[node] = true;
    List<Integer> ring = List.of(node);
    while (!ring.isEmpty()) {
      int best = best(ring, candidates, rounds);
      if (best >= 0) {
        return best;
      }
      ring = next(union, ring, seen);
    }
    return best(new TreeSet<>(candidates), candidates, rounds);
  }

  private static int best(Collection<Integer> nodes, Set<Integer> candidates, long[] rounds) {
    int best = -1;
    for (int node : nodes) {
      if (candidates.contains(node) && (best < 0 || rounds[node] > rounds[best])) {
        best = node;
      }
    }
    return best;
  }

  private static List<Integer> next(Topology union, List<Integer> ring, boolean[] seen) {
    TreeSet<Integer> next = new TreeSet<>();
    ArrayDeque<int[]> neighbours = new ArrayDeque<>();
    for (int node : ring) {
      neighbours.add(union.senders(node));
      neighbours.add(union.receivers(node));
    }
    for (int[] some : neighbours) {
      for (int neighbour : some) {
        if (!seen[neighbour]) {
          seen[neighbour] = true;
          next.add(neighbour);
        }
      }
    }
    return new ArrayList<>(next);
  }
}
