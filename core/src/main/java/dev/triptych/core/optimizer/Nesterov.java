package dev.triptych.core.optimizer;

import java.util.List;

/**
 * Nesterov's momentum with the gradient taken at the weights themselves: v ← μv + g, w ← w − α(g +
 * μv) (Nesterov 1983; this form: Bengio et al., Advances in optimizing recurrent networks, 2013,
 * section 3.5).
 */
public final class Nesterov implements Optimizer {
  private static final long serialVersionUID = 1L;

  private final double momentum;

  /** {@code momentum} μ in [0, 1). */
  public Nesterov(double momentum) {
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException("momentum must be in [0, 1), got " + momentum);
    }
    this.momentum = momentum;
  }

  @Override
  public String name() {
    return "nesterov";
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
      double g = gradient[from + j];
      double v = momentum * velocity[at + j] + g;
      velocity[at + j] = v;
      weights[at + j] -= stepSize * (g + momentum * v);
    }
  }
}
