package dev.triptych.core.loss;

/**
 * The hinge with its kink rounded off over a width γ: with u = 1 − ys, 0 for u ≤ −γ/2, u for u ≥
 * γ/2, and (u + γ/2)²/(2γ) between; y ∈ {−1, +1}. At most γ/8 above the hinge, and smooth, so that
 * quasi-Newton methods work (Nesterov, Smooth minimization of non-smooth functions, 2005).
 */
public final class RoundedHingeLoss implements Loss {
  private static final long serialVersionUID = 1L;

  private final double width;

  /**
   * @param width γ > 0, finite
   */
  public RoundedHingeLoss(double width) {
    if (!(width > 0 && width <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException("the width must be positive and finite, got " + width);
    }
    this.width = width;
  }

  @Override
  public String name() {
    return "hinge";
  }

  @Override
  public double value(double score, double label) {
    double u = 1 - label * score;
    if (u >= width / 2) {
      return u;
    }
    double inside = Math.max(0, u + width / 2);
    return inside * inside / (2 * width);
  }

  @Override
  public double derivative(double score, double label) {
    double u = 1 - label * score;
    return -label * Math.min(1, Math.max(0, u / width + 0.5));
  }

  /** As the hinge's: few examples lie where it is curved. */
  @Override
  public double curvatureBound() {
    return new HingeLoss().curvatureBound();
  }

  @Override
  public LabelKind labelKind() {
    return LabelKind.BINARY;
  }
}
