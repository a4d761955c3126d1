package dev.triptych.gossip.algorithm;

import dev.triptych.core.InvalidInputException;
import java.util.List;

/** The algorithms by name. A new algorithm is a new class and one entry here. */
public final class GossipAlgorithms {
  private static final List<GossipAlgorithm> ALL =
      List.of(new CombineThenAdapt(), new AdaptThenCombine());

  private GossipAlgorithms() {}

  /** Names in the order of the documentation. */
  public static List<String> names() {
    return ALL.stream().map(GossipAlgorithm::name).toList();
  }

  /**
   * The algorithm called {@code name}.
   *
   * @throws InvalidInputException if there is none
   */
  public static GossipAlgorithm byName(String name) {
    return ALL.stream()
        .filter(algorithm -> algorithm.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "unknown gossip algorithm '"
                        + name
                        + "': expected one of "
                        + String.join(", ", names())));
  }
}
