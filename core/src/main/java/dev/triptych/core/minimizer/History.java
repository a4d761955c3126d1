package dev.triptych.core.minimizer;

import org.jspecify.annotations.Nullable;

/** Applies a {@link StopRule} to the values of F so far. */
final class History {
  private final StopRule rule;
  private final double[] values = new double[StopRule.REMEMBERED];
  private double first;
  private int count;

  History(StopRule rule) {
    this.rule = rule;
  }

  /** Why to stop after {@code iterations}, or null. */
  Minimum.@Nullable Ending ending(int iterations, double value, double gradientNorm) {
    if (count == 0) {
      first = value;
    }
    double largest = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < Math.min(count, values.length); k++) {
      largest = Math.max(largest, values[k]);
    }
    boolean steady = count > 0 && Math.abs(largest - value) <= rule.tolerance() * Math.abs(first);
    values[count % values.length] = value;
    count++;
    if (iterations >= rule.maxIterations()) {
      return Minimum.Ending.MAX_ITERATIONS;
    }
    if (steady) {
      return Minimum.Ending.VALUES_CONVERGED;
    }
    return gradientNorm <= Math.max(rule.tolerance() * Math.abs(value), StopRule.SMALLEST_GRADIENT)
        ? Minimum.Ending.GRADIENT_CONVERGED
        : null;
  }
}
