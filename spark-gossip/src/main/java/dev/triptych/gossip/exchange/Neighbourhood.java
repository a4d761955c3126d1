package dev.triptych.gossip.exchange;

import dev.triptych.gossip.mixing.MixingMatrix;
import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.gossip.topology.Topology;
import java.io.Serializable;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Who hears whom in which round of a run: node i hears j in round t when w_ij(t) ≠ 0 and j ≠ i.
 * Immutable and thread-safe.
 */
public final class Neighbourhood implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Topology[] rounds;
  private final Topology ever;

  private Neighbourhood(Topology[] rounds, Topology ever) {
    this.rounds = rounds;
    this.ever = ever;
  }

  /** The same neighbours in every round: the support of a mixing matrix, without its diagonal. */
  public static Neighbourhood of(MixingMatrix mixing) {
    return of(MixingSequence.constant(mixing));
  }

  /** The supports of the rounds' mixing matrices, without their diagonals. */
  public static Neighbourhood of(MixingSequence mixing) {
    Topology[] rounds = new Topology[mixing.period()];
    Map<MixingMatrix, Topology> known = new IdentityHashMap<>();
    for (int t = 0; t < rounds.length; t++) {
      rounds[t] =
          known.computeIfAbsent(
              mixing.at(t), weights -> MixingSequence.constant(weights).union("some round"));
    }
    return new Neighbourhood(rounds, rounds.length == 1 ? rounds[0] : mixing.union("all rounds"));
  }

  /** The nodes that {@code node} hears in a round, ascending, without itself; do not change. */
  public int[] senders(int node, long round) {
    return at(round).senders(node);
  }

  /** The nodes that hear {@code node} in a round, ascending, without itself; do not change. */
  public int[] receivers(int node, long round) {
    return at(round).receivers(node);
  }

  /** The nodes that hear {@code node} in some round, ascending; do not change. */
  public int[] everReceivers(int node) {
    return ever.receivers(node);
  }

  private Topology at(long round) {
    return rounds[(int) Math.floorMod(round, (long) rounds.length)];
  }
}
