package dev.triptych.async.train;

import java.util.concurrent.locks.LockSupport;

/** Logistic loss that never returns for one label, until its thread is interrupted. */
final class StuckLoss extends DisturbedLoss {
  static final double LABEL = 7;
  private static final long serialVersionUID = 1L;

  StuckLoss() {
    super("stuck");
  }

  @Override
  void disturb(double label) {
    while (label == LABEL) {
      LockSupport.parkNanos(100_000_000L);
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("interrupted while stuck");
      }
    }
  }

  @Override
  public LabelKind labelKind() {
    return LabelKind.REAL;
  }
}
