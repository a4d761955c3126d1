package dev.triptych.gossip.algorithm;

import dev.triptych.core.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The algorithms by name. A new algorithm is a new class and one entry here. */
public final class GossipAlgorithms {
  private static final Map<String, Function<GossipParameters, GossipAlgorithm>> ALL = all();

  private GossipAlgorithms() {}

  private static Map<String, Function<GossipParameters, GossipAlgorithm>> all() {
    Map<String, Function<GossipParameters, GossipAlgorithm>> all = new LinkedHashMap<>();
    all.put("dpsgd", parameters -> new CombineThenAdapt());
    all.put("dpsgd-atc", parameters -> new AdaptThenCombine());
    all.put("ad-psgd", parameters -> new PairwiseAveraging());
    all.put("gradient-tracking", parameters -> new GradientTracking());
    all.put("extra", parameters -> new Extra());
    all.put("d2", parameters -> new DSquared());
    all.put("push-sum", parameters -> new PushSum());
    all.put("choco", parameters -> new Choco(parameters.compressor(), parameters.gamma()));
    all.put("quasi-global-momentum", parameters -> new QuasiGlobalMomentum(parameters.momentum()));
    return all;
  }

  /** Names in the order of the documentation. */
  public static List<String> names() {
    return List.copyOf(ALL.keySet());
  }

  /** The algorithm called {@code name} with its usual parameters. */
  public static GossipAlgorithm byName(String name) {
    return byName(name, GossipParameters.DEFAULT);
  }

  /**
   * The algorithm called {@code name}.
   *
   * @throws InvalidInputException if there is none
   */
  public static GossipAlgorithm byName(String name, GossipParameters parameters) {
    Function<GossipParameters, GossipAlgorithm> algorithm = ALL.get(name);
    if (algorithm == null) {
      throw new InvalidInputException(
          "unknown gossip algorithm '" + name + "': expected one of " + String.join(", ", names()));
    }
    return algorithm.apply(parameters);
  }
}
