package dev.triptych.core.loss;

/** max(0, 1 − ys), y ∈ {−1, +1}; the subgradient at the kink is 0. */
public final class HingeLoss implements Loss {
  private static final long serialVersionUID = 1L;

  @Override
  public String name() {
    return "hinge";
  }

  @Override
  public double value(double score, double label) {
    return Math.max(0, 1 - label * score);
  }

  @Override
  public double derivative(double score, double label) {
    return label * score < 1 ? -label : 0;
  }

  /** Of the hinge smoothed over a unit interval. */
  @Override
  public double curvatureBound() {
    return 1;
  }

  @Override
  public LabelKind labelKind() {
    return LabelKind.BINARY;
  }
}
