package dev.triptych.gossip.train;

import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.loss.Loss;

/** The logistic loss, with something in between whenever a gradient is asked for. */
abstract class DisturbedLoss implements Loss {
  private static final long serialVersionUID = 1L;

  private final Loss logistic = new LogisticLoss();

  /** Called for every example of a gradient. */
  abstract void disturb();

  @Override
  public final String name() {
    return "disturbed";
  }

  @Override
  public final double value(double score, double y) {
    return logistic.value(score, y);
  }

  @Override
  public final double derivative(double score, double y) {
    disturb();
    return logistic.derivative(score, y);
  }

  @Override
  public final double curvatureBound() {
    return logistic.curvatureBound();
  }

  @Override
  public final LabelKind labelKind() {
    return logistic.labelKind();
  }
}
