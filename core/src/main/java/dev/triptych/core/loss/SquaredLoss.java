package dev.triptych.core.loss;

/** ½(s − y)², y real. */
public final class SquaredLoss implements Loss {
  private static final long serialVersionUID = 1L;

  @Override
  public String name() {
    return "linear";
  }

  @Override
  public double value(double score, double label) {
    double residual = score - label;
    return 0.5 * residual * residual;
  }

  @Override
  public double derivative(double score, double label) {
    return score - label;
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
