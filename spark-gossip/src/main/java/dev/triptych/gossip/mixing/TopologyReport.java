package dev.triptych.gossip.mixing;

import dev.triptych.gossip.topology.Connectivity;
import dev.triptych.gossip.topology.Topology;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a graph with its mixing weights can do, and if it cannot reach consensus, why.
 *
 * @param topology name of the graph, or its file
 * @param mixing name of the mixing rule
 * @param nodes n
 * @param edges an undirected edge counts once; self-loops do not count
 * @param directed whether some edge has no edge back
 * @param stronglyConnected whether every node's value reaches every other node
 * @param components strongly connected components
 * @param periodic whether averaging oscillates for ever: the lengths of all cycles, self-loops
 *     included, have a common divisor above 1
 * @param period that divisor, 1 if there is none
 * @param doublyStochastic whether all rows and columns of W add up to 1 and no weight is negative
 * @param symmetric whether W is
 * @param maxDegree largest number of neighbours that one node sends to in one round
 * @param secondEigenvalue ρ, the second largest modulus of W's eigenvalues; of a time-varying graph
 *     the T-th root of that of a period's product W(T−1)⋯W(0)
 * @param spectralGap 1 − ρ
 * @param predictedRounds rounds of averaging until the distance to consensus has shrunk to 1e-1,
 *     1e-2, …, 1e-6 of its start, ⌈log(1e-k)/log ρ⌉; empty if it never does
 * @param messagesPerRound most messages that all nodes together send in one round
 * @param roundsUntilRepeat rounds after which the weights repeat, 1 for a fixed graph
 * @param exactAfterRounds rounds after which every node holds exactly the mean; null if there is
 *     always a rest
 * @param smallestEigenvalue of W, null where eigenvalues need not be real or W changes
 * @param d2Safe whether D² converges with these weights
 * @param d2Reason why not
 * @param extraSafe whether EXTRA converges with these weights, for step sizes below (1 + smallest
 *     eigenvalue)/L
 * @param extraReason why not
 * @param reachesConsensus whether all nodes come to agree on the mean
 * @param reason why not, in one sentence; null if they do
 */
public record TopologyReport(
    String topology,
    String mixing,
    int nodes,
    long edges,
    boolean directed,
    boolean stronglyConnected,
    int components,
    boolean periodic,
    int period,
    boolean doublyStochastic,
    boolean symmetric,
    int maxDegree,
    double secondEigenvalue,
    double spectralGap,
    Map<String, Long> predictedRounds,
    long messagesPerRound,
    int roundsUntilRepeat,
    @Nullable Integer exactAfterRounds,
    @Nullable Double smallestEigenvalue,
    boolean d2Safe,
    @Nullable String d2Reason,
    boolean extraSafe,
    @Nullable String extraReason,
    boolean reachesConsensus,
    @Nullable String reason) {

  private static final int DIGITS = 6;

  /** Examines a graph with the same weights in every round. */
  public static TopologyReport of(Topology topology, MixingMatrix mixing) {
    return of(topology, MixingSequence.constant(mixing));
  }

  /** Examines a graph with its weights. Connectivity and periodicity are W's, computed exactly. */
  public static TopologyReport of(Topology topology, MixingSequence mixing) {
    Connectivity connectivity = Connectivity.of(mixing.support());
    String reason = obstacle(topology, mixing, connectivity);
    // Exactly 1 where a doubly stochastic W cannot reach consensus.
    double rho = reason != null && mixing.isDoublyStochastic() ? 1 : mixing.secondEigenvalue();
    int exactAfter = reason == null ? mixing.exactAfter() : 0;
    Double smallest = reason == null ? AlgorithmConditions.smallestEigenvalue(mixing) : null;
    String d2Reason = reason != null ? reason : AlgorithmConditions.againstD2(mixing, smallest);
    String extraReason =
        reason != null ? reason : AlgorithmConditions.againstExtra(mixing, smallest);
    return new TopologyReport(
        topology.name(),
        mixing.rule(),
        topology.numNodes(),
        topology.numEdges(),
        topology.isDirected(),
        connectivity.isStronglyConnected(),
        connectivity.numComponents(),
        connectivity.period() > 1,
        connectivity.period(),
        mixing.isDoublyStochastic(),
        mixing.isSymmetric(),
        mixing.maxDegree(),
        rho,
        1 - rho,
        reason == null ? predictedRounds(rho, exactAfter) : Map.of(),
        mixing.maxMessages(),
        mixing.period(),
        exactAfter == 0 ? null : exactAfter,
        smallest,
        d2Reason == null,
        d2Reason,
        extraReason == null,
        extraReason,
        reason == null,
        reason);
  }

  /** Why averaging with these weights in every round does not bring all nodes to the mean. */
  public static @Nullable String obstacle(Topology topology, MixingMatrix mixing) {
    return obstacle(topology, MixingSequence.constant(mixing));
  }

  /**
   * Why averaging with these weights does not bring all nodes to the mean, in one sentence; null if
   * it does. Cheap: computes no eigenvalues.
   */
  public static @Nullable String obstacle(Topology topology, MixingSequence mixing) {
    return obstacle(topology, mixing, Connectivity.of(mixing.support()));
  }

  /** Why averaging with these weights moves the mean, in one sentence; null if it does not. */
  public static @Nullable String biased(Topology topology, MixingSequence mixing) {
    return mixing.isDoublyStochastic() ? null : notDoublyStochastic(topology, firstBiased(mixing));
  }

  /**
   * Why push-sum with these weights does not keep the sum, in one sentence; null if it does.
   * Columns must add up to 1, rows need not.
   */
  public static @Nullable String losesMass(Topology topology, MixingSequence mixing) {
    for (int t = 0; t < mixing.period(); t++) {
      double[] columns = mixing.at(t).columnSums();
      for (int j = 0; j < columns.length; j++) {
        if (Math.abs(columns[j] - 1) > MixingMatrix.SUM_TOLERANCE) {
          return String.format(
              "%s with %s weights does not keep the sum (column %d adds up to %s): push-sum needs"
                  + " column-stochastic weights",
              topology.name(), mixing.rule(), j, columns[j]);
        }
      }
      if (mixing.at(t).hasNegativeWeight()) {
        return topology.name() + " with " + mixing.rule() + " weights has negative weights";
      }
    }
    return null;
  }

  /**
   * Why information does not reach every node, or oscillates for ever, in one sentence; null if it
   * reaches them.
   */
  public static @Nullable String disconnected(Topology topology, MixingSequence mixing) {
    return disconnected(topology, mixing, Connectivity.of(mixing.support()));
  }

  private static @Nullable String obstacle(
      Topology topology, MixingSequence mixing, Connectivity connectivity) {
    return mixing.isDoublyStochastic()
        ? disconnected(topology, mixing, connectivity)
        : notDoublyStochastic(topology, firstBiased(mixing));
  }

  private static @Nullable String disconnected(
      Topology topology, MixingSequence mixing, Connectivity connectivity) {
    if (!connectivity.isStronglyConnected()) {
      int[] component = connectivity.component();
      int other = 0;
      while (component[other] == component[0]) {
        other++;
      }
      return String.format(
          "%s has %d components (nodes 0 and %d never hear of each other): each reaches a consensus"
              + " of its own; add an edge between them",
          topology.name(), connectivity.numComponents(), other);
    }
    if (connectivity.period() > 1) {
      return String.format(
          "%s with %s weights is periodic (every cycle's length is a multiple of %d), so averaging"
              + " oscillates for ever: add a self-loop, that is give some node's own value a weight",
          topology.name(), mixing.rule(), connectivity.period());
    }
    return null;
  }

  private static MixingMatrix firstBiased(MixingSequence mixing) {
    int t = 0;
    while (mixing.at(t).isDoublyStochastic()) {
      t++;
    }
    return mixing.at(t);
  }

  private static String notDoublyStochastic(Topology topology, MixingMatrix mixing) {
    double[] rows = mixing.rowSums();
    double[] columns = mixing.columnSums();
    if (!MixingMatrix.addUpToOne(rows) && MixingMatrix.addUpToOne(columns)) {
      return String.format(
          "%s with %s weights is not doubly stochastic (columns add up to 1, rows do not): only"
              + " push-sum reaches the mean with such weights",
          topology.name(), mixing.rule());
    }
    for (int i = 0; i < rows.length; i++) {
      if (Math.abs(rows[i] - 1) > MixingMatrix.SUM_TOLERANCE) {
        return String.format(
            "%s with %s weights is not doubly stochastic (row %d adds up to %s): node %d does not"
                + " average",
            topology.name(), mixing.rule(), i, rows[i], i);
      }
    }
    for (int j = 0; j < columns.length; j++) {
      if (Math.abs(columns[j] - 1) > MixingMatrix.SUM_TOLERANCE) {
        return String.format(
            "%s with %s weights is not doubly stochastic (column %d adds up to %s): node %d counts"
                + " %s than others, so no consensus on the mean",
            topology.name(), mixing.rule(), j, columns[j], j, columns[j] > 1 ? "more" : "less");
      }
    }
    return topology.name() + " with " + mixing.rule() + " weights has negative weights";
  }

  private static Map<String, Long> predictedRounds(double rho, int exactAfter) {
    Map<String, Long> rounds = new LinkedHashMap<>();
    for (int digits = 1; digits <= DIGITS; digits++) {
      double needed =
          rho == 0 ? exactAfter : Math.ceil(-digits * Math.log(10) / Math.log(rho) - 1e-9);
      rounds.put("1e-" + digits, Math.max(1, (long) needed));
    }
    return rounds;
  }
}
