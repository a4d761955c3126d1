package dev.triptych.gossip.mixing;

import dev.triptych.core.InvalidInputException;
import dev.triptych.gossip.topology.Topology;
import java.util.List;

/** The mixing rules by name. A new rule is a new class and one entry here. */
public final class MixingRules {
  private static final MixingRule METROPOLIS = new Metropolis();
  private static final MixingRule UNIFORM = new Uniform(true);
  private static final MixingRule GIVEN = new GivenWeights();
  private static final List<MixingRule> ALL =
      List.of(
          METROPOLIS,
          UNIFORM,
          new Uniform(false),
          new Lazy(METROPOLIS),
          new Lazy(UNIFORM),
          new Symmetrized(),
          new FastestMixing(),
          new ColumnStochastic(),
          GIVEN);

  private MixingRules() {}

  /** Names in the order of the documentation. */
  public static List<String> names() {
    return ALL.stream().map(MixingRule::name).toList();
  }

  /**
   * The rule called {@code name}.
   *
   * @throws InvalidInputException if there is none
   */
  public static MixingRule byName(String name) {
    return ALL.stream()
        .filter(rule -> rule.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "unknown mixing '"
                        + name
                        + "': expected one of "
                        + String.join(", ", names())));
  }

  /**
   * The rule for a graph when none is asked for: the file's weights where it has some, equal
   * weights on directed graphs (the exponential graphs are always mixed so), Metropolis elsewhere.
   */
  public static MixingRule defaultFor(Topology topology) {
    if (topology.hasWeights()) {
      return GIVEN;
    }
    return topology.isDirected() || topology.name().equals("exponential") ? UNIFORM : METROPOLIS;
  }
}
