package dev.triptych.async.train;

import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.loss.Loss;
import java.util.concurrent.locks.LockSupport;

/** Logistic loss that never returns for one label, until its thread is interrupted. */
final class StuckLoss implements Loss {
  static final double LABEL = 7;
  private static final long serialVersionUID = 1L;

  private final LogisticLoss logistic = new LogisticLoss();

  @Override
  public String name() {
    return "stuck";
  }

  @Override
  public double value(double score, double label) {
    return logistic.value(score, label);
  }

  @Override
  public double derivative(double score, double label) {
    while (label == LABEL) {
      LockSupport.parkNanos(100_000_000L);
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("interrupted while stuck");
      }
    }
    return logistic.derivative(score, label);
  }

  @Override
  public double curvatureBound() {
    return logistic.curvatureBound();
  }

  @Override
  public LabelKind labelKind() {
    return LabelKind.REAL;
  }
}
