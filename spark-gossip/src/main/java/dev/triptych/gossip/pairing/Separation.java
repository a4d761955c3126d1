package dev.triptych.gossip.pairing;

import dev.triptych.gossip.topology.Connectivity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether the nodes that still hear of each other hang together. Nodes say which neighbours they
 * miss; an edge counts while neither end misses the other. A graph that falls apart for longer than
 * a bound, be it that a node does not come back or that the network is cut, has to stop: its parts
 * would go on towards means of their own. Pure; its owner sees to it that one thread at a time uses
 * it.
 */
public final class Separation {
  private final PairOrder order;
  private final long bound;
  private final int[][] missing;
  private final int numParts;
  private boolean apart;
  private long since;

  /**
   * @param bound for how long the graph may be apart, in nanoseconds
   */
  public Separation(PairOrder order, long bound) {
    this.order = order;
    this.bound = bound;
    this.missing = new int[order.numNodes()][0];
    this.numParts = parts().numComponents();
  }

  /** The neighbours that a node misses now, ascending. */
  public void misses(int node, int[] neighbours, long now) {
    if (Arrays.equals(missing[node], neighbours)) {
      return;
    }
    missing[node] = neighbours;
    boolean before = apart;
    apart = parts().numComponents() > numParts;
    if (apart && !before) {
      since = now;
    }
  }

  /** Why the run must stop, naming the parts, or null. */
  public @Nullable String reason(long now) {
    if (!apart || now - since <= bound) {
      return null;
    }
    Connectivity parts = parts();
    List<List<Integer>> members = new ArrayList<>();
    for (int part = 0; part < parts.numComponents(); part++) {
      members.add(new ArrayList<>());
    }
    for (int node = 0; node < missing.length; node++) {
      members.get(parts.component()[node]).add(node);
    }
    return members.stream()
        .map(List::toString)
        .sorted()
        .collect(
            Collectors.joining(
                " and ",
                "for " + bound / 1_000_000 + " ms these nodes have not heard of each other: ",
                ""));
  }

  private Connectivity parts() {
    int[][] heard = new int[missing.length][];
    for (int node = 0; node < heard.length; node++) {
      int self = node;
      heard[node] =
          Arrays.stream(order.neighbours(node))
              .filter(other -> !contains(missing[self], other) && !contains(missing[other], self))
              .toArray();
    }
    return Connectivity.of(heard);
  }

  private static boolean contains(int[] ascending, int value) {
    return Arrays.binarySearch(ascending, value) >= 0;
  }
}
