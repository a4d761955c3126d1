package dev.triptych.gossip.mixing;

import dev.triptych.gossip.topology.Topology;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The Base-(k+1) graph (Takezawa et al., Beyond exponential graph, NeurIPS 2023, algorithms 1 to
 * 3): after a few rounds all nodes hold exactly the mean, for any number of nodes n and at most k
 * neighbours per node and round.
 *
 * <ul>
 *   <li>Where n is a product of factors up to k+1, nodes are points of a grid with these sides, and
 *       each round averages along one side (hyper-hypercube).
 *   <li>Otherwise n = Σ_l a_l (k+1)^{p_l}, the digits of n: each group l averages within itself;
 *       then group after group hands its mean to all later groups and takes from them what makes
 *       the mean of each of its a_l parts right; then the parts average within themselves (simple
 *       Base-(k+1) graph).
 *   <li>Where n = p·q with p a product of factors up to k+1, p groups of q do the second and then q
 *       groups of p the first, if that is shorter.
 * </ul>
 */
final class BaseGraph {
  static final String NAME = "base-k";

  private final int base;
  private final int numNodes;
  private final List<RoundWeights> rounds = new ArrayList<>();

  private BaseGraph(int numNodes, int maxDegree) {
    this.base = maxDegree + 1;
    this.numNodes = numNodes;
  }

  static MixingSequence on(int numNodes, int maxDegree) {
    Topology.checkSize("Base-(k+1) graph", numNodes, 2L * maxDegree * numNodes);
    BaseGraph graph = new BaseGraph(numNodes, maxDegree);
    graph.build();
    graph.round(0);
    return MixingSequence.periodic(graph.rounds.stream().map(round -> round.build(NAME)).toList());
  }

  private void build() {
    int[] all = range(0, numNodes, 1);
    int smooth = smoothPart(numNodes);
    int rough = numNodes / smooth;
    int split = simpleLength(rough) + factors(smooth).size();
    if (simpleLength(numNodes) < split) {
      simple(all, 0);
      return;
    }
    for (int i = 0; i < smooth; i++) {
      simple(range(i * rough, rough, 1), 0);
    }
    for (int j = 0; j < rough; j++) {
      hypercube(range(j, smooth, rough), simpleLength(rough), split);
    }
  }

  /** Rounds of {@link #simple}. */
  private int simpleLength(int size) {
    if (smoothPart(size) == size) {
      return factors(size).size();
    }
    int power = largestPower(size);
    return factors(size / power * power).size() + 1 + factors(power).size();
  }

  /** All of {@code nodes} reach their mean in {@link #simpleLength} rounds from {@code first}. */
  private void simple(int[] nodes, int first) {
    int end = first + simpleLength(nodes.length);
    if (smoothPart(nodes.length) == nodes.length) {
      hypercube(nodes, first, end);
      return;
    }
    List<int[][]> groups = groups(nodes);
    int last = groups.size() - 1;
    int exchange = first + factors(size(groups.get(0))).size();
    for (int l = 0; l <= last; l++) {
      int[] group = joined(groups.subList(l, l + 1));
      hypercube(group, first, exchange);
      if (l < last) {
        exchange(groups.get(l), joined(groups.subList(l + 1, last + 1)), round(exchange + l));
      }
      int settled = l < last ? exchange + l + 1 : exchange + last;
      if (group.length <= base - 1) {
        hypercube(group, settled, end);
      } else {
        for (int[] part : groups.get(l)) {
          hypercube(part, settled, end);
        }
      }
    }
  }

  /** The digits of the number of nodes in base k+1: a_l parts of (k+1)^{p_l} nodes each. */
  private List<int[][]> groups(int[] nodes) {
    List<int[][]> groups = new ArrayList<>();
    int from = 0;
    for (int power = largestPower(nodes.length); power >= 1; power /= base) {
      int numParts = (nodes.length - from) / power;
      int[][] parts = new int[numParts][];
      for (int k = 0; k < numParts; k++) {
        parts[k] = Arrays.copyOfRange(nodes, from, from + power);
        from += power;
      }
      if (numParts > 0) {
        groups.add(parts);
      }
    }
    return groups;
  }

  /**
   * Each later node meets one node of each part. The part's nodes that nobody meets hold equal
   * values and average among each other, so that nobody idles while training.
   */
  private void exchange(int[][] parts, int[] later, RoundWeights round) {
    int here = size(parts);
    double weight = (double) here / (here + later.length) / parts.length;
    for (int m = 0; m < later.length; m++) {
      for (int[] part : parts) {
        round.both(later[m], part[m], weight);
      }
    }
    int[] free = new int[here - parts.length * later.length];
    int filled = 0;
    for (int[] part : parts) {
      for (int m = later.length; m < part.length; m++) {
        free[filled++] = part[m];
      }
    }
    for (int from = 0; from < free.length; from += base) {
      round.average(Arrays.copyOfRange(free, from, Math.min(from + base, free.length)));
    }
  }

  /** Averages along one side of the grid after the other, over and over until {@code end}. */
  private void hypercube(int[] nodes, int first, int end) {
    List<Integer> sides = factors(nodes.length);
    if (sides.isEmpty()) {
      return;
    }
    for (int t = first; t < end; t++) {
      int step = (t - first) % sides.size();
      int stride = 1;
      for (int s = 0; s < step; s++) {
        stride *= sides.get(s);
      }
      int side = sides.get(step);
      for (int i = 0; i < nodes.length; i++) {
        if (i / stride % side == 0) {
          int[] line = new int[side];
          for (int m = 0; m < side; m++) {
            line[m] = nodes[i + m * stride];
          }
          round(t).average(line);
        }
      }
    }
  }

  private RoundWeights round(int t) {
    while (rounds.size() <= t) {
      rounds.add(new RoundWeights(numNodes));
    }
    return rounds.get(t);
  }

  /** The fewest factors, none above k+1, whose product is {@code smooth}. */
  private List<Integer> factors(int smooth) {
    List<Integer> best = List.of();
    int fewest = Integer.MAX_VALUE;
    for (int factor = Math.min(base, smooth); factor >= 2; factor--) {
      if (smooth % factor == 0) {
        List<Integer> rest = factors(smooth / factor);
        if (rest.size() < fewest) {
          fewest = rest.size();
          best = new ArrayList<>(rest);
          best.add(factor);
        }
      }
    }
    return best;
  }

  /** The largest divisor without a prime above k+1. */
  private int smoothPart(int size) {
    int rough = size;
    for (int prime = 2; prime <= Math.min(base, rough); prime++) {
      while (rough % prime == 0) {
        rough /= prime;
      }
    }
    return size / rough;
  }

  /** The largest power of k+1 up to {@code size}. */
  private int largestPower(int size) {
    int power = 1;
    while (size / base >= power) {
      power *= base;
    }
    return power;
  }

  private static int size(int[][] parts) {
    return parts.length * parts[0].length;
  }

  private static int[] joined(List<int[][]> groups) {
    return groups.stream().flatMap(Arrays::stream).flatMapToInt(Arrays::stream).toArray();
  }

  private static int[] range(int from, int count, int stride) {
    int[] nodes = new int[count];
    for (int i = 0; i < count; i++) {
      nodes[i] = from + i * stride;
    }
    return nodes;
  }
}
