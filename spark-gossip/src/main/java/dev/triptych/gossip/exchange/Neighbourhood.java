package dev.triptych.gossip.exchange;

import dev.triptych.gossip.mixing.MixingMatrix;
import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.gossip.topology.Topology;
import java.io.Serializable;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who hears whom in which round of a run: node i hears j in round t when w_ij(t) ≠ 0 and j ≠ i.
 * Immutable and thread-safe.
 */
public final class Neighbourhood implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Topology[] rounds;
  private final Topology ever;
  // What is different in one round, if anything is.
  private final @Nullable Topology handover;
  private final long handoverRound;

  private Neighbourhood(
      Topology[] rounds, Topology ever, @Nullable Topology handover, long handoverRound) {
    this.rounds = rounds;
    this.ever = ever;
    this.handover = handover;
    this.handoverRound = handoverRound;
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
    Topology ever = rounds.length == 1 ? rounds[0] : mixing.union("all rounds");
    return new Neighbourhood(rounds, ever, null, 0);
  }

  /**
   * The same with one round in which some nodes hear one other node each, and nobody else hears
   * anybody: there they take over its weights.
   *
   * @param round the one round
   * @param donors by node the one that it hears
   */
  public Neighbourhood withHandover(long round, Map<Integer, Integer> donors) {
    int[][] receivers = new int[ever.numNodes()][0];
    donors.forEach(
        (node, donor) -> {
          int[] more = Arrays.copyOf(receivers[donor], receivers[donor].length + 1);
          more[more.length - 1] = node;
          Arrays.sort(more);
          receivers[donor] = more;
        });
    return new Neighbourhood(rounds, ever, Topology.of("handover", receivers), round);
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

  /**
   * Whether two nodes hear each other in the same rounds, so that neither can be more than one
   * message ahead of the other.
   */
  public boolean isMutual(int node, int other) {
    for (Topology round : rounds) {
      if (Arrays.binarySearch(round.senders(node), other) < 0
          != Arrays.binarySearch(round.receivers(node), other) < 0) {
        return false;
      }
    }
    return true;
  }

  private Topology at(long round) {
    if (handover != null && round == handoverRound) {
      return handover;
    }
    return rounds[(int) Math.floorMod(round, (long) rounds.length)];
  }
}
