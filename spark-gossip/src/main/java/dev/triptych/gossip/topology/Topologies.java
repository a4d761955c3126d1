package dev.triptych.gossip.topology;

import dev.triptych.core.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** The graphs by name. A new graph is a new method and one entry here. */
public final class Topologies {
  private static final Map<String, Builder> ALL = new LinkedHashMap<>();

  static {
    add("ring", Topologies::ring);
    add("path", Topologies::path);
    add("star", Topologies::star);
    ALL.put("torus", Topologies::torus);
    add("hypercube", Topologies::hypercube);
    add("exponential", Topologies::exponential);
    add("complete", Topologies::complete);
    add("binary-tree", Topologies::binaryTree);
    add("directed-ring", Topologies::directedRing);
    ALL.put("random-regular", Topologies::randomRegular);
    ALL.put("erdos-renyi", Topologies::erdosRenyi);
    ALL.put("small-world", Topologies::smallWorld);
  }

  private Topologies() {}

  /** Makes a graph of n nodes from a name with arguments. */
  private interface Builder {
    Topology build(GraphName name, int numNodes);
  }

  private static void add(String plainName, IntFunction<Topology> build) {
    ALL.put(
        plainName,
        (name, numNodes) -> {
          name.limit(0, plainName);
          return build.apply(numNodes);
        });
  }

  /** Names in the order of the documentation. */
  public static List<String> names() {
    return List.copyOf(ALL.keySet());
  }

  /** Whether there is a graph of that name, whatever its arguments. */
  public static boolean isName(String text) {
    return ALL.containsKey(GraphName.parse(text).name());
  }

  /**
   * The graph called {@code text}, such as {@code ring} or {@code torus:4x8}, on {@code numNodes}
   * nodes.
   *
   * @throws InvalidInputException if there is no such graph, or none of that size
   */
  public static Topology byName(String text, int numNodes) {
    GraphName name = GraphName.parse(text);
    Builder builder = ALL.get(name.name());
    if (builder == null) {
      throw new InvalidInputException(
          "unknown topology '" + text + "': expected one of " + String.join(", ", names()));
    }
    return builder.build(name, numNodes);
  }

  /** Node i and i+1 mod n are neighbours; two nodes share one edge. */
  public static Topology ring(int numNodes) {
    Topology.checkSize("ring", numNodes, 2L * numNodes);
    Edges edges = new Edges(numNodes);
    for (int i = 0; i < numNodes; i++) {
      edges.both(i, (i + 1) % numNodes);
    }
    return edges.build("ring");
  }

  /** Node i and i+1 are neighbours. */
  public static Topology path(int numNodes) {
    Topology.checkSize("path", numNodes, 2L * numNodes);
    Edges edges = new Edges(numNodes);
    for (int i = 1; i < numNodes; i++) {
      edges.both(i - 1, i);
    }
    return edges.build("path");
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
    return torus("torus", rows, numNodes / rows);
  }

  private static Topology torus(GraphName name, int numNodes) {
    name.limit(1, "torus or torus:AxB");
    if (name.arguments().isEmpty()) {
      return torus(numNodes);
    }
    int[] sides = name.grid(0);
    if ((long) sides[0] * sides[1] != numNodes) {
      throw new InvalidInputException(
          String.format(
              "topology %s has %d nodes, got %d",
              name.text(), (long) sides[0] * sides[1], numNodes));
    }
    Topology.checkSize("torus", numNodes, 4L * numNodes);
    return torus(name.text(), sides[0], sides[1]);
  }

  /** Node row · columns + column; a side of 1 or 2 has fewer neighbours. */
  private static Topology torus(String name, int rows, int columns) {
    Edges edges = new Edges(rows * columns);
    for (int i = 0; i < rows * columns; i++) {
      int row = i / columns;
      int column = i % columns;
      edges.both(i, (row + 1) % rows * columns + column);
      edges.both(i, row * columns + (column + 1) % columns);
    }
    return edges.build(name);
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

  /** Node i's neighbours are its children 2i+1 and 2i+2 and its parent. */
  public static Topology binaryTree(int numNodes) {
    Topology.checkSize("binary tree", numNodes, 2L * numNodes);
    Edges edges = new Edges(numNodes);
    for (int i = 1; i < numNodes; i++) {
      edges.both(i, (i - 1) / 2);
    }
    return edges.build("binary-tree");
  }

  /** Node i sends to i+1 mod n only. Undirected up to two nodes. */
  public static Topology directedRing(int numNodes) {
    Topology.checkSize("directed ring", numNodes, numNodes);
    Edges edges = new Edges(numNodes);
    for (int i = 0; i < numNodes; i++) {
      edges.arc(i, (i + 1) % numNodes);
    }
    return edges.build("directed-ring");
  }

  private static Topology randomRegular(GraphName name, int numNodes) {
    name.limit(2, "random-regular, random-regular:DEGREE or random-regular:DEGREE:SEED");
    int usual = Math.max(0, Math.min(4, numNodes - 1));
    int degree = name.count(0, "degree", 0, Topology.MAX_NODES, usual);
    return RandomGraphs.regular(name.text(), numNodes, degree, name.seed(1));
  }

  /** Without a probability twice what connects most large graphs, p = 2 ln n / n. */
  private static Topology erdosRenyi(GraphName name, int numNodes) {
    name.limit(2, "erdos-renyi, erdos-renyi:P or erdos-renyi:P:SEED");
    double usual = numNodes <= 3 ? 1 : Math.min(1, 2 * Math.log(numNodes) / numNodes);
    return RandomGraphs.erdosRenyi(name.text(), numNodes, name.probability(0, usual), name.seed(1));
  }

  private static Topology smallWorld(GraphName name, int numNodes) {
    name.limit(3, "small-world, small-world:DEGREE, small-world:DEGREE:P or …:P:SEED");
    int usual = Math.max(0, Math.min(4, (numNodes - 1) / 2 * 2));
    int degree = name.count(0, "degree", 0, Topology.MAX_NODES, usual);
    if (numNodes == 2 && name.arguments().isEmpty()) {
      return path(2).named(name.text());
    }
    return RandomGraphs.smallWorld(
        name.text(), numNodes, degree, name.probability(1, 0.1), name.seed(2));
  }
}
