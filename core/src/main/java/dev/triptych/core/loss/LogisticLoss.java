package dev.triptych.core.loss;

/** log(1 + exp(−ys)), y ∈ {−1, +1}; evaluated without overflow for either sign of the margin. */
public final class LogisticLoss implements Loss {
  private static final long serialVersionUID = 1L;

  @Override
  public String name() {
    return "logistic";
  }

  @Override
  public double value(double score, double label) {
    double margin = label * score;
    return margin > 0 ? Math.log1p(Math.exp(-margin)) : -margin + Math.log1p(Math.exp(margin));
  }

  @Override
  public double derivative(double score, double label) {
    double margin = label * score;
    if (margin > 0) {
      double e = Math.exp(-margin);
      return -label * e / (1 + e);
    }
    return -label / (1 + Math.exp(margin));
  }

  @Override
  public double curvatureBound() {
    return 0.25;
  }

  @Override
  public LabelKind labelKind() {
    return LabelKind.BINARY;
  }
}
