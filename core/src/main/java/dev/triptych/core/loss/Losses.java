package dev.triptych.core.loss;

import java.util.List;
import java.util.Optional;

/** The losses by name. A new loss is a new class and one entry here. */
public final class Losses {
  private static final List<Loss> ALL =
      List.of(
          new LogisticLoss(),
          new SquaredLoss(),
          new HingeLoss(),
          new SquaredHingeLoss(),
          new SmoothHingeLoss(),
          new HuberLoss(),
          new PoissonLoss());

  private Losses() {}

  /** Names in the order of the documentation. */
  public static List<String> names() {
    return ALL.stream().map(Loss::name).toList();
  }

  /** The loss called {@code name}. */
  public static Optional<Loss> byName(String name) {
    return ALL.stream().filter(loss -> loss.name().equals(name)).findFirst();
  }
}
