package dev.triptych.gossip.train;

import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.loss.Loss;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Logistic loss whose n-th derivative in this process, and no other one, fails. */
final class FailingOnceLoss implements Loss {
  private static final long serialVersionUID = 1L;
  private static final Map<Long, AtomicLong> LEFT = new ConcurrentHashMap<>();

  private final Loss logistic = new LogisticLoss();
  private final long key;

  private FailingOnceLoss(long key) {
    this.key = key;
  }

  /** A loss of its own countdown. */
  static FailingOnceLoss after(long derivatives) {
    long key = System.nanoTime();
    LEFT.put(key, new AtomicLong(derivatives));
    return new FailingOnceLoss(key);
  }

  @Override
  public String name() {
    return "failing once";
  }

  @Override
  public double value(double score, double y) {
    return logistic.value(score, y);
  }

  @Override
  public double derivative(double score, double y) {
    AtomicLong left = LEFT.get(key);
    if (left != null && left.decrementAndGet() == 0) {
      throw new IllegalStateException("this step fails on purpose");
    }
    return logistic.derivative(score, y);
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
