package dev.triptych.core.optimizer;

import java.util.List;

/**
 * Adam (Kingma, Ba 2015, algorithm 1): m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², w ← w − α m̂/(√v̂ +
 * ε) with bias-corrected m̂ = m/(1−β₁ᵗ), v̂ = v/(1−β₂ᵗ).
 */
public final class Adam implements Optimizer {
  private static final long serialVersionUID = 1L;
  private static final double EPSILON = 1e-8;

  private final double beta1;
  private final double beta2;

  /** Decay rates β₁ and β₂ in [0, 1). */
  public Adam(double beta1, double beta2) {
    if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
      throw new IllegalArgumentException(
          "Adam's decay rates must be in [0, 1), got " + beta1 + " and " + beta2);
    }
    this.beta1 = beta1;
    this.beta2 = beta2;
  }

  @Override
  public String name() {
    return "adam";
  }

  @Override
  public List<Double> constants() {
    return List.of(beta1, beta2);
  }

  @Override
  public List<String> stateNames() {
    return List.of("first-moment", "second-moment");
  }

  @Override
  public boolean movesWithoutGradient() {
    return true;
  }

  @Override
  public void applyRange(
      double[] weights,
      double[] m,
      double[] v,
      int at,
      int length,
      double[] gradient,
      int from,
      double stepSize,
      long update) {
    double correction1 = 1 - Math.pow(beta1, update);
    double correction2 = 1 - Math.pow(beta2, update);
    for (int k = 0; k < length; k++) {
      int j = at + k;
      double g = gradient[from + k];
      m[j] = beta1 * m[j] + (1 - beta1) * g;
      v[j] = beta2 * v[j] + (1 - beta2) * g * g;
      weights[j] -= stepSize * (m[j] / correction1) / (Math.sqrt(v[j] / correction2) + EPSILON);
    }
  }
}
