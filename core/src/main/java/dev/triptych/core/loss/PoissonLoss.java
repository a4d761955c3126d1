package dev.triptych.core.loss;

/**
 * Half the deviance of a count y ≥ 0 under the rate exp(s): exp(s) − ys + y log y − y (McCullagh,
 * Nelder, Generalized linear models, 1989, section 2.3), the negative log likelihood but for a
 * constant; 0 at s = log y. Above s = 40, a rate of 2e17, exp is continued by its tangent, so that
 * a wild step stays finite.
 */
public final class PoissonLoss implements Loss {
  private static final long serialVersionUID = 1L;
  private static final double LARGEST = 40;

  @Override
  public String name() {
    return "poisson";
  }

  @Override
  public double value(double score, double label) {
    double saturated = label > 0 ? label * Math.log(label) - label : 0;
    return rateSum(score) - label * score + saturated;
  }

  private static double rateSum(double score) {
    double rate = Math.exp(Math.min(score, LARGEST));
    return score > LARGEST ? rate * (1 + score - LARGEST) : rate;
  }

  @Override
  public double derivative(double score, double label) {
    return Math.exp(Math.min(score, LARGEST)) - label;
  }

  /** There is none for every score; this one holds for rates up to 10. */
  @Override
  public double curvatureBound() {
    return 10;
  }

  @Override
  public LabelKind labelKind() {
    return LabelKind.COUNT;
  }
}
