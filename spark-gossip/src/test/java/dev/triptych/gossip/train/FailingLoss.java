package dev.triptych.gossip.train;

import dev.triptych.core.loss.Loss;
import dev.triptych.core.loss.SquaredLoss;

/**
 * The squared loss, until a gradient is asked for an example with one label and a score above 1.
 */
final class FailingLoss implements Loss {
  private static final long serialVersionUID = 1L;

  private final Loss squared = new SquaredLoss();
  private final double label;

  FailingLoss(double label) {
    this.label = label;
  }

  @Override
  public String name() {
    return "failing";
  }

  @Override
  public double value(double score, double y) {
    return squared.value(score, y);
  }

  @Override
  public double derivative(double score, double y) {
    if (y == label && score > 1) {
      throw new IllegalStateException("this node breaks down on purpose");
    }
    return squared.derivative(score, y);
  }

  @Override
  public double curvatureBound() {
    return squared.curvatureBound();
  }

  @Override
  public LabelKind labelKind() {
    return squared.labelKind();
  }
}
