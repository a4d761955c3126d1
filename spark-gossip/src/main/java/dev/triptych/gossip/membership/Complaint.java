package dev.triptych.gossip.membership;

import java.util.List;

/**
 * A node has waited too long for its neighbours.
 *
 * @param node who complains
 * @param round in which
 * @param others whom it has not heard
 */
public record Complaint(int node, long round, List<Integer> others) {
  public Complaint {
    if (others.isEmpty()) {
      throw new IllegalArgumentException("node " + node + " complains about nobody");
    }
    others = List.copyOf(others);
  }
}
