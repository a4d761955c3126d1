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

  /** One exponential and one logarithm an example, log(1 + e) to full relative precision. */
  @Override
  public void evaluate(
      double[] scores, double[] labels, int length, double[] values, double[] derivatives) {
    for (int k = 0; k < length; k++) {
      double label = labels[k];
      double margin = label * scores[k];
      double e = Math.exp(-Math.abs(margin));
      double onePlus = 1 + e;
      // Kahan's log1p; Math.log1p has no machine code of its own.
      double log = onePlus == 1 ? e : Math.log(onePlus) * (e / (onePlus - 1));
      values[k] = margin > 0 ? log : log - margin;
      derivatives[k] = -label * (margin > 0 ? e : 1) / onePlus;
    }
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
