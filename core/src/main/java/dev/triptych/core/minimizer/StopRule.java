package dev.triptych.core.minimizer;

/**
 * When to stop; MLlib's rule (Breeze's {@code LBFGS} with its relative tolerance and memory of 20
 * values), so that both stop at about the same place for the same {@code maxIter} and {@code tol}:
 * the iterations are used up, or F is within {@code tolerance} · F(w_0) of the largest of the last
 * 20 values, or ‖∂F‖ ≤ max({@code tolerance} · F, 1e-8).
 *
 * @param maxIterations at least 0
 * @param tolerance not negative
 */
public record StopRule(int maxIterations, double tolerance) {
  static final int REMEMBERED = 20;
  static final double SMALLEST_GRADIENT = 1e-8;

  public StopRule {
    if (maxIterations < 0) {
      throw new IllegalArgumentException("maxIterations must not be negative");
    }
    if (!(tolerance >= 0)) {
      throw new IllegalArgumentException("tolerance must not be negative, got " + tolerance);
    }
  }
}
