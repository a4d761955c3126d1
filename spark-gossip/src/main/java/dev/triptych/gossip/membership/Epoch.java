package dev.triptych.gossip.membership;

import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.gossip.mixing.SurvivingMixing;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A stretch of rounds with the same members. Immutable and thread-safe.
 *
 * @param number 1 for the first
 * @param firstRound its first round
 * @param members nodes that take part, ascending
 * @param donors by node that has no weights of its own, the member whose weights it takes; empty
 *     when nobody has weights, then all start as the run did
 */
public record Epoch(
    int number, long firstRound, List<Integer> members, Map<Integer, Integer> donors) {
  public Epoch {
    if (number < 1 || firstRound < 0 || members.isEmpty()) {
      throw new IllegalArgumentException(
          "epoch " + number + " from round " + firstRound + " of nodes " + members);
    }
    if (!members.containsAll(donors.keySet()) || !members.containsAll(donors.values())) {
      throw new IllegalArgumentException("donors " + donors + " of members " + members);
    }
    members = List.copyOf(members);
    donors = new TreeMap<>(donors);
  }

  /** The nearest of {@code candidates} (at least one), whose weights a node takes. */
  public static int donor(MixingSequence mixing, int node, Set<Integer> candidates) {
    return Graph.nearest(mixing, node, candidates, new long[mixing.numNodes()]);
  }

  /** Whether some members take others' weights before the first round. */
  public boolean hasDonors() {
    return !donors.isEmpty();
  }

  /** The averaging weights of this epoch's rounds. */
  public MixingSequence mixing(MixingSequence ofAll) {
    return SurvivingMixing.of(ofAll, present(ofAll.numNodes()));
  }

  /** Whether a node is a member, by node. */
  public boolean[] present(int numNodes) {
    boolean[] present = new boolean[numNodes];
    for (int member : members) {
      present[member] = true;
    }
    return present;
  }
}
