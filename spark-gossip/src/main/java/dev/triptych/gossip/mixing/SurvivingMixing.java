package dev.triptych.gossip.mixing;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The averaging weights of a run that goes on without some of its nodes. What a node gave to the
 * missing ones it keeps for itself, so that what held of the rounds holds of what is left of them:
 *
 * <ul>
 *   <li>symmetric, w'_ii = w_ii + Σ_missing w_ij: symmetric again, and its smallest eigenvalue is
 *       not smaller (the eigenvalues of a principal submatrix interlace, and the diagonal grows),
 *       so that D² stays safe where it was;
 *   <li>only column-stochastic, w'_jj = w_jj + Σ_missing w_ij: column-stochastic again, as push-sum
 *       needs it;
 *   <li>doubly stochastic on a directed graph: neither would be, so the round's remaining graph is
 *       taken in both directions and gets Metropolis weights;
 *   <li>the mean of all: the mean of those that are left, which Metropolis weights are too.
 * </ul>
 *
 * <p>Missing nodes keep their value: their rows are those of the identity.
 */
public final class SurvivingMixing {
  private SurvivingMixing() {}

  /**
   * @param mixing of all nodes
   * @param members whether a node is still there, by node
   */
  public static MixingSequence of(MixingSequence mixing, boolean[] members) {
    if (members.length != mixing.numNodes()) {
      throw new IllegalArgumentException(
          members.length + " members of " + mixing.numNodes() + " nodes");
    }
    boolean allThere = true;
    for (boolean member : members) {
      allThere &= member;
    }
    if (allThere) {
      return mixing;
    }
    List<MixingMatrix> rounds = new ArrayList<>();
    Map<MixingMatrix, MixingMatrix> known = new IdentityHashMap<>();
    for (int t = 0; t < mixing.period(); t++) {
      rounds.add(known.computeIfAbsent(mixing.at(t), all -> round(all, members)));
    }
    return rounds.size() == 1
        ? MixingSequence.constant(rounds.get(0))
        : MixingSequence.periodic(rounds);
  }

  private static MixingMatrix round(MixingMatrix all, boolean[] members) {
    if (isMean(all) || (!all.isSymmetric() && all.isDoublyStochastic())) {
      return metropolis(all, members);
    }
    boolean byColumn =
        !MixingMatrix.addUpToOne(all.rowSums()) && MixingMatrix.addUpToOne(all.columnSums());
    int numNodes = members.length;
    double[] own = new double[numNodes];
    List<List<Integer>> sources = new ArrayList<>();
    for (int i = 0; i < numNodes; i++) {
      sources.add(new ArrayList<>());
    }
    for (int i = 0; i < numNodes; i++) {
      for (int j : all.sources(i)) {
        if (i == j) {
          own[i] += all.weight(i, i);
        } else if (members[i] && members[j]) {
          sources.get(i).add(j);
        } else {
          own[byColumn ? j : i] += all.weight(i, j);
        }
      }
    }
    int[][] rows = new int[numNodes][];
    double[][] weights = new double[numNodes][];
    for (int i = 0; i < numNodes; i++) {
      int[] others = sources.get(i).stream().mapToInt(Integer::intValue).toArray();
      double self = members[i] ? own[i] : 1;
      rows[i] = self == 0 ? others : Rows.withSelf(i, others);
      weights[i] = new double[rows[i].length];
      for (int k = 0; k < rows[i].length; k++) {
        weights[i][k] = rows[i][k] == i ? self : all.weight(i, rows[i][k]);
      }
    }
    return new MixingMatrix(all.rule(), rows, weights);
  }

  private static boolean isMean(MixingMatrix all) {
    for (int i = 0; i < all.numNodes(); i++) {
      double[] row = all.weights(i);
      if (row.length < all.numNodes()) {
        return false;
      }
      for (double weight : row) {
        if (Math.abs(weight * all.numNodes() - 1) > MixingMatrix.SUM_TOLERANCE) {
          return false;
        }
      }
    }
    return true;
  }

  /** Metropolis weights among the members that hear each other, in whichever direction. */
  private static MixingMatrix metropolis(MixingMatrix all, boolean[] members) {
    int numNodes = members.length;
    int[] degrees = new int[numNodes];
    List<int[]> pairs = new ArrayList<>();
    all.forEachLink(
        (i, j) -> {
          boolean counted = j > i && all.weight(j, i) != 0;
          if (members[i] && members[j] && !counted) {
            pairs.add(new int[] {i, j});
            degrees[i]++;
            degrees[j]++;
          }
        });
    RoundWeights weights = new RoundWeights(numNodes);
    for (int[] pair : pairs) {
      weights.both(pair[0], pair[1], 1.0 / (1 + Math.max(degrees[pair[0]], degrees[pair[1]])));
    }
    return weights.build(all.rule());
  }
}
