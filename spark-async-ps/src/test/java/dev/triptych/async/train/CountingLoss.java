package dev.triptych.async.train;

import dev.triptych.core.loss.Loss;

/** −s: its derivative is −1 everywhere, so that on a feature of ones SGD counts its updates. */
final class CountingLoss implements Loss {
  private static final long serialVersionUID = 1L;

  @Override
  public String name() {
    return "counting";
  }

  @Override
  public double value(double score, double label) {
    return -score;
  }

  @Override
  public double derivative(double score, double label) {
    return -1;
  }

  @Override
  public double curvatureBound() {
    return 0;
  }

  @Override
  public LabelKind labelKind() {
    return LabelKind.REAL;
  }
}
