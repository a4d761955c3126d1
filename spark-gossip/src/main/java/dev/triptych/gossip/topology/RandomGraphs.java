package dev.triptych.gossip.topology;

import dev.triptych.core.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/** Undirected random graphs. The same arguments and seed give the same graph everywhere. */
final class RandomGraphs {
  /** Switches per edge; the chain mixes rapidly on regular graphs. */
  private static final int SWITCHES_PER_EDGE = 10;

  private RandomGraphs() {}

  /**
   * A graph whose nodes all have {@code degree} neighbours, nearly uniform among all such graphs:
   * random switches of two edges, a–b and c–d to a–d and c–b, shake a circulant graph (Cooper,
   * Dyer, Greenhill, Sampling regular graphs and a peer-to-peer network, 2007).
   *
   * @throws InvalidInputException if n · degree is odd, for then there is none
   */
  static Topology regular(String name, int numNodes, int degree, long seed) {
    Topology.checkSize(name + " graph", numNodes, (long) numNodes * degree);
    if (degree >= numNodes) {
      throw new InvalidInputException(
          String.format(
              "topology %s: a node of %d has at most %d neighbours, expected a degree of 0 to %d",
              name, numNodes, numNodes - 1, numNodes - 1));
    }
    if (numNodes % 2 == 1 && degree % 2 == 1) {
      throw new InvalidInputException(
          String.format(
              "topology %s: no graph has %d nodes with %d neighbours each, one of the two numbers"
                  + " must be even",
              name, numNodes, degree));
    }
    int[][] neighbours = circulant(numNodes, degree);
    if (degree > 0 && degree < numNodes - 1) {
      shake(neighbours, degree, new SplittableRandom(seed));
    }
    return Topology.of(name, neighbours);
  }

  private static int[][] circulant(int numNodes, int degree) {
    int[][] neighbours = new int[numNodes][degree];
    for (int i = 0; i < numNodes; i++) {
      for (int k = 0; k < degree / 2; k++) {
        neighbours[i][2 * k] = (i + k + 1) % numNodes;
        neighbours[i][2 * k + 1] = Math.floorMod(i - k - 1, numNodes);
      }
      if (degree % 2 == 1) {
        neighbours[i][degree - 1] = (i + numNodes / 2) % numNodes;
      }
    }
    return neighbours;
  }

  private static void shake(int[][] neighbours, int degree, SplittableRandom random) {
    int numNodes = neighbours.length;
    long switches = (long) SWITCHES_PER_EDGE * numNodes * degree / 2;
    for (long s = 0; s < switches; s++) {
      int a = random.nextInt(numNodes);
      int ab = random.nextInt(degree);
      int b = neighbours[a][ab];
      int c = random.nextInt(numNodes);
      int cd = random.nextInt(degree);
      int d = neighbours[c][cd];
      if (a == c || a == d || b == c || b == d) {
        continue;
      }
      if (position(neighbours[a], d) >= 0 || position(neighbours[c], b) >= 0) {
        continue;
      }
      neighbours[b][position(neighbours[b], a)] = c;
      neighbours[d][position(neighbours[d], c)] = a;
      neighbours[a][ab] = d;
      neighbours[c][cd] = b;
    }
  }

  private static int position(int[] row, int node) {
    for (int k = 0; k < row.length; k++) {
      if (row[k] == node) {
        return k;
      }
    }
    return -1;
  }

  /**
   * Each pair of nodes is joined with probability p, independently (Erdős, Rényi; Gilbert 1959).
   * Jumps from edge to edge, in O(nodes + edges) (Batagelj, Brandes 2005).
   */
  static Topology erdosRenyi(String name, int numNodes, double p, long seed) {
    Topology.checkSize(name + " graph", numNodes, (long) (p * numNodes * (numNodes - 1.0)));
    Edges edges = new Edges(numNodes);
    if (p == 1) {
      return Topologies.complete(numNodes).named(name);
    }
    if (p > 0) {
      SplittableRandom random = new SplittableRandom(seed);
      double logOfNone = Math.log1p(-p);
      // Pairs (i, j) with j < i, row by row.
      int i = 1;
      long j = -1;
      while (i < numNodes) {
        // Jumps beyond the last pair are all alike.
        j += 1 + (long) Math.min(1e15, Math.log1p(-random.nextDouble()) / logOfNone);
        while (i < numNodes && j >= i) {
          j -= i;
          i++;
        }
        if (i < numNodes) {
          edges.both(i, (int) j);
        }
      }
    }
    return edges.build(name);
  }

  /**
   * A small world (Watts, Strogatz 1998): a ring where each node knows the {@code degree} nearest
   * ones, and each edge's far end is moved to a random node with probability p.
   */
  static Topology smallWorld(String name, int numNodes, int degree, double p, long seed) {
    Topology.checkSize(name + " graph", numNodes, (long) numNodes * degree);
    if (degree % 2 == 1 || degree >= numNodes) {
      throw new InvalidInputException(
          String.format(
              "topology %s: expected an even number of neighbours below %d, got %d",
              name, numNodes, degree));
    }
    SplittableRandom random = new SplittableRandom(seed);
    Lattice lattice = new Lattice(numNodes, degree);
    for (int hop = 1; hop <= degree / 2; hop++) {
      for (int i = 0; i < numNodes; i++) {
        int far = (i + hop) % numNodes;
        if (random.nextDouble() < p && lattice.degree(i) < numNodes - 1) {
          int other;
          do {
            other = random.nextInt(numNodes);
          } while (other == i || lattice.joined(i, other));
          lattice.move(i, far, other);
        }
      }
    }
    return lattice.edges().build(name);
  }

  /** A ring lattice whose edges can be moved. */
  private static final class Lattice {
    private final List<Set<Integer>> neighbours = new ArrayList<>();

    Lattice(int numNodes, int degree) {
      for (int i = 0; i < numNodes; i++) {
        Set<Integer> near = new TreeSet<>();
        for (int hop = 1; hop <= degree / 2; hop++) {
          near.add((i + hop) % numNodes);
          near.add(Math.floorMod(i - hop, numNodes));
        }
        neighbours.add(near);
      }
    }

    int degree(int node) {
      return neighbours.get(node).size();
    }

    boolean joined(int a, int b) {
      return neighbours.get(a).contains(b);
    }

    void move(int node, int from, int to) {
      neighbours.get(node).remove(from);
      neighbours.get(from).remove(node);
      neighbours.get(node).add(to);
      neighbours.get(to).add(node);
    }

    Edges edges() {
      Edges edges = new Edges(neighbours.size());
      for (int i = 0; i < neighbours.size(); i++) {
        for (int j : neighbours.get(i)) {
          edges.arc(i, j);
        }
      }
      return edges;
    }
  }
}
