package dev.triptych.core.optimizer;

import java.util.List;

/** Heavy-ball momentum (Polyak 1964): v ← μv + g, w ← w − αv. */
public final class Momentum implements Optimizer {
  private static final long serialVersionUID = 1L;

  private final double momentum;

  /** {@code momentum} μ in [0, 1). */
  public Momentum(double momentum) {
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException("momentum must be in [0, 1), got " + momentum);
    }
    this.momentum = momentum;
  }

  @Override
  public String name() {
    return "momentum";
  }

  @Override
  public List<Double> constants() {
    return List.of(momentum);
  }

  @Override
  public List<String> stateNames() {
    return List.of("velocity");
  }

  @Override
  public boolean movesWithoutGradient() {
    return true;
  }

  @Override
  public void applyRange(
      double[] weights,
      double[] velocity,
      double[] second,
      int at,
      int length,
      double[] gradient,
      int from,
      double stepSize,
      long update) {
    for (int j = 0; j < length; j++) {
      velocity[at + j] = momentum * velocity[at + j] + gradient[from + j];
      weights[at + j] -= stepSize * velocity[at + j];
    }
  }
}
