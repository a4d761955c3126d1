package dev.triptych.async.train;

import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.loss.Loss;

/** Logistic loss with something before each derivative. */
abstract class DisturbedLoss implements Loss {
  private static final long serialVersionUID = 1L;

  private final LogisticLoss logistic = new LogisticLoss();
  private final String name;

  DisturbedLoss(String name) {
    this.name = name;
  }

  /** What comes before the derivative of an example; evaluation does not count. */
  abstract void disturb(double label);

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final double value(double score, double label) {
    return logistic.value(score, label);
  }

  @Override
  public final double derivative(double score, double label) {
    disturb(label);
    return logistic.derivative(score, label);
  }

  @Override
  public final double curvatureBound() {
    return logistic.curvatureBound();
  }

  @Override
  public LabelKind labelKind() {
    return logistic.labelKind();
  }
}
