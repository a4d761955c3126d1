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

  /**
   * @param gradient Σ over workers of weight · gradient, length numParameters
   * @param busySeconds by worker, 0 for workers that are not in the sum, length N
   */
  StepGradient(double[] gradient, double[] busySeconds) {
    this.gradient = gradient;
    this.busySeconds = busySeconds;
  }

  double[] gradient() {
    return gradient;
  }

  double[] busySeconds() {
    return busySeconds;
  }

  /** Adds another sum to this one. */
  StepGradient plus(StepGradient other) {
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
