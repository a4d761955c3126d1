package dev.triptych.core.loss;

/** max(0, 1 − ys)², y ∈ {−1, +1}. */
public final class SquaredHingeLoss implements Loss {
  private static final long serialVersionUID = 1L;

  @Override
  public String name() {
    return "squared-hinge";
  }

  @Override
  public double value(double score, double label) {
    double slack = Math.max(0, 1 - label * score);
    return slack * slack;
  }

  @Override
  public double derivative(double score, double label) {
    return -2 * label * Math.max(0, 1 - label * score);
  }

  @Override
  public double curvatureBound() {
    return 2;
  }

  @Override
  public LabelKind labelKind() {
    return LabelKind.BINARY;
  }
}
