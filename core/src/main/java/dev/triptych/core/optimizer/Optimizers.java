package dev.triptych.core.optimizer;

import java.util.List;
import java.util.Optional;

/**
 * The optimizers by name, with their customary constants. A new optimizer is a new class and one
 * entry here.
 */
public final class Optimizers {
  private static final List<Optimizer> ALL =
      List.of(
          new Sgd(),
          new Momentum(0.9),
          new Nesterov(0.9),
          new AdaGrad(),
          new Adam(0.9, 0.999),
          new Ftrl(1, 0, 0));

  private Optimizers() {}

  /** Names in the order of the documentation. */
  public static List<String> names() {
    return ALL.stream().map(Optimizer::name).toList();
  }

  /** The optimizer called {@code name}. */
  public static Optional<Optimizer> byName(String name) {
    return ALL.stream().filter(optimizer -> optimizer.name().equals(name)).findFirst();
  }

  /**
   * The optimizer with this name and these constants: {@code of(o.name(), o.constants())} works
   * like {@code o}.
   *
   * @throws IllegalArgumentException if there is none, or it does not take such constants
   */
  public static Optimizer of(String name, List<Double> constants) {
    return switch (name + "/" + constants.size()) {
      case "sgd/0" -> new Sgd();
      case "momentum/1" -> new Momentum(constants.get(0));
      case "nesterov/1" -> new Nesterov(constants.get(0));
      case "adagrad/0" -> new AdaGrad();
      case "adam/2" -> new Adam(constants.get(0), constants.get(1));
      case "ftrl/3" -> new Ftrl(constants.get(0), constants.get(1), constants.get(2));
      default ->
          throw new IllegalArgumentException(
              "no optimizer called " + name + " with " + constants.size() + " constants");
    };
  }
}
