package dev.triptych.gossip.topology;

import dev.triptych.core.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/** The graphs by name. A new graph is a new method and one entry here. */
public final class Topologies {
  private static final Map<String, IntFunction<Topology>> ALL = new LinkedHashMap<>();

  static {
    ALL.put("ring", Topologies::ring);
    ALL.put("path", Topologies::path);
    ALL.put("star", Topologies::star);
    ALL.put("torus", Topologies::torus);
    ALL.put("hypercube", Topologies::hypercube);
    ALL.put("exponential", Topologies::exponential);
    ALL.put("complete", Topologies::complete);
  }

  private Topologies() {}

  /** Names in the order of the documentation. */
  public static List<String> names() {
    return List.copyOf(ALL.keySet());
  }

  /**
   * The graph called {@code name} on {@code numNodes} nodes.
   *
   * @throws InvalidInputException if there is no such graph, or none of that size
   */
  public static Topology byName(String name, int numNodes) {
    IntFunction<Topology> build = ALL.get(name);
    if (build == null) {
      throw new InvalidInputException(
          "unknown topology '" + name + "': expected one of " + String.join(", ", names()));
    }
    return build.apply(numNodes);
  }

  /** Node i and i+1 mod n are neighbours; two nodes share one edge. */
  public static Topology ring(int numNodes) {
    Topology.checkSize("ring", numNodes, 2L * numNodes);
    return new Edges(numNodes)
        .link(numNodes > 1 ? numNodes : 0, i -> (i + 1) % numNodes)
        .build("ring");
  }

  /** Node i and i+1 are neighbours. */
  public static Topology path(int numNodes) {
    Topology.checkSize("path", numNodes, 2L * numNodes);
    return new Edges(numNodes).link(numNodes - 1, i -> i + 1).build("path");
  }

  /** Node 0 is everybody's only neighbour. */
  public static Topology star(int numNodes) {
    Topology.checkSize("star", numNodes, 2L * numNodes);
    Edges edges = new Edges(numNodes);
    for (int i = 1; i < numNodes; i++) {
      edges.both(0, i);
    }
    return edges.build("star");
  }

  /**
   * A grid of a × b nodes with wrap-around, a and b as near to √n as they can be, both at least 2.
   *
   * @throws InvalidInputException if n is no product of two such numbers
   */
  public static Topology torus(int numNodes) {
    Topology.checkSize("torus", numNodes, 4L * numNodes);
    int rows = (int) Math.sqrt(numNodes);
    while (rows > 1 && numNodes % rows != 0) {
      rows--;
    }
    if (rows < 2) {
      throw new InvalidInputException(
          "a torus is a grid of a x b nodes with a and b at least 2, and "
              + numNodes
              + " is no such product: choose another number of nodes, or a ring");
    }
    int columns = numNodes / rows;
    Edges edges = new Edges(numNodes);
    for (int i = 0; i < numNodes; i++) {
      int row = i / columns;
      int column = i % columns;
      edges.both(i, (row + 1) % rows * columns + column);
      edges.both(i, row * columns + (column + 1) % columns);
    }
    return edges.build("torus");
  }

  /**
   * Nodes whose numbers differ in one bit are neighbours.
   *
   * @throws InvalidInputException if n is not a power of two
   */
  public static Topology hypercube(int numNodes) {
    Topology.checkSize("hypercube", numNodes, 20L * numNodes);
    if (Integer.bitCount(numNodes) != 1) {
      throw new InvalidInputException(
          String.format(
              "a hypercube needs a power of two nodes, got %d: choose %d or %d",
              numNodes, Integer.highestOneBit(numNodes), 2 * Integer.highestOneBit(numNodes)));
    }
    Edges edges = new Edges(numNodes);
    for (int i = 0; i < numNodes; i++) {
      for (int bit = 1; bit < numNodes; bit <<= 1) {
        edges.arc(i, i ^ bit);
      }
    }
    return edges.build("hypercube");
  }

  /**
   * The static exponential graph (Ying et al., Exponential graph is provably efficient for
   * decentralized deep training, NeurIPS 2021): i sends to i + 2^k mod n for k = 0..⌈log2 n⌉−1.
   * Directed from four nodes on.
   */
  public static Topology exponential(int numNodes) {
    Topology.checkSize("exponential graph", numNodes, 20L * numNodes);
    Edges edges = new Edges(numNodes);
    for (int i = 0; i < numNodes; i++) {
      for (int hop = 1; hop < numNodes; hop <<= 1) {
        edges.arc(i, (i + hop) % numNodes);
      }
    }
    return edges.build("exponential");
  }

  /** Everybody is everybody's neighbour. */
  public static Topology complete(int numNodes) {
    Topology.checkSize("complete graph", numNodes, (long) numNodes * (numNodes - 1));
    Edges edges = new Edges(numNodes);
    for (int i = 0; i < numNodes; i++) {
      for (int j = 0; j < i; j++) {
        edges.both(i, j);
      }
    }
    return edges.build("complete");
  }

  /** Collects edges. */
  private static final class Edges {
    private final List<List<Integer>> receivers = new ArrayList<>();

    Edges(int numNodes) {
      for (int i = 0; i < numNodes; i++) {
        receivers.add(new ArrayList<>());
      }
    }

    void arc(int from, int to) {
      receivers.get(from).add(to);
    }

    void both(int a, int b) {
      arc(a, b);
      arc(b, a);
    }

    /** Joins each node i below {@code numLinks} with {@code next(i)}. */
    Edges link(int numLinks, IntUnaryOperator next) {
      for (int i = 0; i < numLinks; i++) {
        both(i, next.applyAsInt(i));
      }
      return this;
    }

    Topology build(String name) {
      int[][] adjacency = new int[receivers.size()][];
      for (int i = 0; i < adjacency.length; i++) {
        adjacency[i] = receivers.get(i).stream().mapToInt(Integer::intValue).toArray();
      }
      return Topology.of(name, adjacency);
    }
  }
}
