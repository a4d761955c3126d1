package dev.triptych.async.train;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Logistic loss of which one call does something once, in the middle of a mini-batch, in the middle
 * of a run. For workers in the test's own process; one run at a time.
 */
final class InTheMiddleLoss extends DisturbedLoss {
  private static final long serialVersionUID = 1L;
  private static final AtomicLong CALLS_LEFT = new AtomicLong();
  private static volatile Runnable deed = () -> {};

  InTheMiddleLoss() {
    super("in-the-middle");
  }

  /**
   * @param afterDerivatives of all workers together, evaluation not counted
   */
  static void arm(long afterDerivatives, Runnable newDeed) {
    deed = newDeed;
    CALLS_LEFT.set(afterDerivatives);
  }

  @Override
  void disturb(double label) {
    if (CALLS_LEFT.decrementAndGet() == 0) {
      deed.run();
    }
  }
}
