package dev.triptych.async.train;

import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.loss.Loss;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Logistic loss of which one call does something once, in the middle of a mini-batch, in the middle
 * of a run. For workers in the test's own process; one run at a time.
 */
final class InTheMiddleLoss implements Loss {
  private static final long serialVersionUID = 1L;
  private static final AtomicLong CALLS_LEFT = new AtomicLong();
  private static volatile Runnable deed = () -> {};

  private final LogisticLoss logistic = new LogisticLoss();

  /**
   * @param afterDerivatives of all workers together, evaluation not counted
   */
  static void arm(long afterDerivatives, Runnable newDeed) {
    deed = newDeed;
    CALLS_LEFT.set(afterDerivatives);
  }

  @Override
  public String name() {
    return "in-the-middle";
  }

  @Override
  public double value(double score, double label) {
    return logistic.value(score, label);
  }

  @Override
  public double derivative(double score, double label) {
    if (CALLS_LEFT.decrementAndGet() == 0) {
      deed.run();
    }
    return logistic.derivative(score, label);
  }

  @Override
  public double curvatureBound() {
    return logistic.curvatureBound();
  }

  @Override
  public LabelKind labelKind() {
    return logistic.labelKind();
  }
}
