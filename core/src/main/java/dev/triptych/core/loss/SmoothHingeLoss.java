package dev.triptych.core.loss;

/**
 * With z = ys: ½ − z for z ≤ 0, ½(1 − z)² for 0 < z < 1, 0 beyond; y ∈ {−1, +1}. The hinge with its
 * kink rounded off (Rennie, Srebro, Loss functions for preference levels, 2005, section 3.2).
 */
public final class SmoothHingeLoss implements Loss {
  private static final long serialVersionUID = 1L;

  @Override
  public String name() {
    return "smooth-hinge";
  }

  @Override
  public double value(double score, double label) {
    double margin = label * score;
    if (margin <= 0) {
      return 0.5 - margin;
    }
    double slack = Math.max(0, 1 - margin);
    return 0.5 * slack * slack;
  }

  @Override
  public double derivative(double score, double label) {
    double slack = 1 - label * score;
    return -label * Math.min(1, Math.max(0, slack));
  }

  @Override
  public double curvatureBound() {
    return 1;
  }

  @Override
  public LabelKind labelKind() {
    return LabelKind.BINARY;
  }
}
