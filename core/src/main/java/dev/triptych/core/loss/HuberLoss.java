package dev.triptych.core.loss;

/**
 * With r = s − y: ½r² for |r| ≤ δ, δ(|r| − ½δ) beyond, δ = 1.35; y real. Squared for small
 * residuals, linear for outliers (Huber, Robust estimation of a location parameter, 1964); the δ
 * that keeps 95 % of the efficiency under Gaussian noise of unit variance. Labels should have about
 * unit noise; MLlib's {@code huber} estimates that scale along with the weights, this one does not.
 */
public final class HuberLoss implements Loss {
  /** δ. */
  public static final double DELTA = 1.35;

  private static final long serialVersionUID = 1L;

  @Override
  public String name() {
    return "huber";
  }

  @Override
  public double value(double score, double label) {
    double residual = Math.abs(score - label);
    return residual <= DELTA ? 0.5 * residual * residual : DELTA * (residual - 0.5 * DELTA);
  }

  @Override
  public double derivative(double score, double label) {
    return Math.max(-DELTA, Math.min(DELTA, score - label));
  }

  @Override
  public double curvatureBound() {
    return 1;
  }

  @Override
  public LabelKind labelKind() {
    return LabelKind.REAL;
  }
}
