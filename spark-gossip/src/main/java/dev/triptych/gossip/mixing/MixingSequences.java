package dev.triptych.gossip.mixing;

import dev.triptych.core.InvalidInputException;
import dev.triptych.gossip.topology.GraphName;
import dev.triptych.gossip.topology.Topology;
import java.util.List;

/** The time-varying graphs by name; they come with their weights. */
public final class MixingSequences {
  private static final List<String> NAMES = List.of(OnePeerExponential.NAME, BaseGraph.NAME);

  private MixingSequences() {}

  /** Names in the order of the documentation. */
  public static List<String> names() {
    return NAMES;
  }

  /** Whether there is a time-varying graph of that name, whatever its arguments. */
  public static boolean isName(String text) {
    return NAMES.contains(GraphName.parse(text).name());
  }

  /**
   * The graph called {@code text}, such as {@code base-k} or {@code base-k:2}, on {@code numNodes}
   * nodes.
   *
   * @throws InvalidInputException if there is no such graph, or none of that size
   */
  public static MixingSequence byName(String text, int numNodes) {
    GraphName name = GraphName.parse(text);
    if (name.name().equals(OnePeerExponential.NAME)) {
      name.limit(0, OnePeerExponential.NAME);
      return OnePeerExponential.on(numNodes);
    }
    if (name.name().equals(BaseGraph.NAME)) {
      name.limit(1, "base-k or base-k:K");
      return BaseGraph.on(
          numNodes, name.count(0, "number of neighbours", 1, Topology.MAX_NODES, 1));
    }
    throw new InvalidInputException(
        "unknown topology '" + text + "': expected one of " + String.join(", ", NAMES));
  }
}
