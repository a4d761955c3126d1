package dev.triptych.core.optimizer;

import java.util.List;

/**
 * FTRL-proximal (McMahan et al., Ad Click Prediction: a View from the Trenches, KDD 2013, algorithm
 * 1). Per coordinate, with N = Σ g²:
 *
 * <pre>
 *   σ = (√(N + g²) − √N)/α,  z ← z + g − σw,  N ← N + g²
 *   w ← 0 if |z| ≤ λ₁, else −(z − sign(z)λ₁) / ((β + √N)/α + λ₂)
 * </pre>
 *
 * <p>λ₁ keeps weights at exactly zero, λ₂ shrinks them; both are those of the paper, weighed
 * against the sum of all gradients so far, and no part of the objective. Weights are a function of
 * z and N: they must start at zero, nobody else may change them, and α must not fall. A coordinate
 * without a gradient stays as it is.
 */
public final class Ftrl implements Optimizer {
  private static final long serialVersionUID = 1L;

  private final double beta;
  private final double l1;
  private final double l2;

  /** β, λ₁ and λ₂, finite and not negative. */
  public Ftrl(double beta, double l1, double l2) {
    for (double constant : new double[] {beta, l1, l2}) {
      if (!(constant >= 0) || Double.isInfinite(constant)) {
        throw new IllegalArgumentException(
            "FTRL's beta, l1 and l2 must be finite and not negative, got %s, %s and %s"
                .formatted(beta, l1, l2));
      }
    }
    this.beta = beta;
    this.l1 = l1;
    this.l2 = l2;
  }

  @Override
  public String name() {
    return "ftrl";
  }

  @Override
  public List<Double> constants() {
    return List.of(beta, l1, l2);
  }

  /** λ₁. */
  public double l1() {
    return l1;
  }

  @Override
  public List<String> stateNames() {
    return List.of("z", "n");
  }

  @Override
  public void applyRange(
      double[] weights,
      double[] z,
      double[] squares,
      int at,
      int length,
      double[] gradient,
      int from,
      double stepSize,
      long update) {
    for (int j = 0; j < length; j++) {
      if (gradient[from + j] != 0) {
        step(weights, at + j, gradient[from + j], stepSize, z, squares);
      }
    }
  }

  private void step(
      double[] weights, int j, double g, double stepSize, double[] z, double[] squares) {
    double before = Math.sqrt(squares[j]);
    squares[j] += g * g;
    double after = Math.sqrt(squares[j]);
    z[j] += g - (after - before) / stepSize * weights[j];
    weights[j] =
        Math.abs(z[j]) <= l1
            ? 0
            : -(z[j] - Math.copySign(l1, z[j])) / ((beta + after) / stepSize + l2);
  }
}
