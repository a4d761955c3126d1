package dev.triptych.sync;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Sum of some workers' weighted gradients in one step, and when each of those workers did what.
 * Travels from tasks to the driver, so a plain class (Spark's Kryo serializer cannot read records),
 * without its zeros where most of it is zero. Owned by one thread.
 */
final class StepGradient implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int SPARSE_BYTES = Integer.BYTES + Double.BYTES;

  private final int length;
  // Of the values, ascending; null when there is one for each parameter.
  private int @Nullable [] indices;
  private double[] values;
  private final WorkerTimes times;
  private double lossSum;

  /**
   * @param lossSum Σ ℓ over the workers' examples; 0 where nobody asks for it
   * @param gradient Σ over workers of weight · gradient, length numParameters
   * @param times of the workers in the sum
   */
  StepGradient(double lossSum, double[] gradient, WorkerTimes times) {
    this.lossSum = lossSum;
    this.length = gradient.length;
    this.values = gradient;
    this.times = times;
  }

  double lossSum() {
    return lossSum;
  }

  /** With its zeros. */
  double[] gradient() {
    int[] places = indices;
    if (places != null) {
      double[] dense = new double[length];
      for (int k = 0; k < places.length; k++) {
        dense[places[k]] = values[k];
      }
      values = dense;
      indices = null;
    }
    return values;
  }

  WorkerTimes times() {
    return times;
  }

  /** Bytes of the gradient as it travels. */
  long numBytes() {
    return (long) values.length * (indices == null ? Double.BYTES : SPARSE_BYTES);
  }

  /** Leaves the zeros out if that makes it smaller by half or more; the same gradient. */
  StepGradient withoutZeros() {
    if (indices != null) {
      return this;
    }
    int numValues = 0;
    for (double value : values) {
      if (value != 0) {
        numValues++;
      }
    }
    if (2L * numValues * SPARSE_BYTES <= (long) length * Double.BYTES) {
      int[] places = new int[numValues];
      double[] kept = new double[numValues];
      int next = 0;
      for (int j = 0; j < length; j++) {
        if (values[j] != 0) {
          places[next] = j;
          kept[next++] = values[j];
        }
      }
      indices = places;
      values = kept;
    }
    return this;
  }

  /** Adds another sum to this one. */
  StepGradient plus(StepGradient other) {
    lossSum += other.lossSum;
    double[] sum = gradient();
    int[] places = other.indices;
    if (places == null) {
      addTo(sum, other.values);
    } else {
      for (int k = 0; k < places.length; k++) {
        sum[places[k]] += other.values[k];
      }
    }
    times.add(other.times);
    return this;
  }

  static void addTo(double[] target, double[] addend) {
    for (int j = 0; j < target.length; j++) {
      target[j] += addend[j];
    }
  }
}
