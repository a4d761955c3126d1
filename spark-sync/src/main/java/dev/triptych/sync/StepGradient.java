package dev.triptych.sync;

import java.io.Serializable;

/**
 * Sum of some workers' weighted gradients in one step, and how long each of those workers was busy.
 * Travels from tasks to the driver, so a plain class (Spark's Kryo serializer cannot read records).
 * Owned by one thread.
 */
final class StepGradient implements Serializable {
  private static final long serialVersionUID = 1L;

  private final double[] gradient;
  private final double[] busySeconds;
  private double lossSum;

  /**
   * @param lossSum Σ ℓ over the workers' examples; 0 where nobody asks for it
   * @param gradient Σ over workers of weight · gradient, length numParameters
   * @param busySeconds by worker, 0 for workers that are not in the sum, length N
   */
  StepGradient(double lossSum, double[] gradient, double[] busySeconds) {
    this.lossSum = lossSum;
    this.gradient = gradient;
    this.busySeconds = busySeconds;
  }

  double lossSum() {
    return lossSum;
  }

  double[] gradient() {
    return gradient;
  }

  double[] busySeconds() {
    return busySeconds;
  }

  /** Adds another sum to this one. */
  StepGradient plus(StepGradient other) {
    lossSum += other.lossSum;
    addTo(gradient, other.gradient);
    addTo(busySeconds, other.busySeconds);
    return this;
  }

  static void addTo(double[] target, double[] addend) {
    for (int j = 0; j < target.length; j++) {
      target[j] += addend[j];
    }
  }
}
