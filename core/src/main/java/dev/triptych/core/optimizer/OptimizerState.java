package dev.triptych.core.optimizer;

import java.io.Serializable;
import java.util.Arrays;

/**
 * What an optimizer remembers about one slice: the number of updates and up to two vectors of the
 * slice's length (momentum, sums of squares). Owned by one thread at a time.
 */
public final class OptimizerState implements Serializable {
  private static final long serialVersionUID = 1L;

  private long numUpdates;
  private final double[] first;
  private final double[] second;

  OptimizerState(int firstLength, int secondLength) {
    this(0, new double[firstLength], new double[secondLength]);
  }

  private OptimizerState(long numUpdates, double[] first, double[] second) {
    this.numUpdates = numUpdates;
    this.first = first;
    this.second = second;
  }

  /**
   * A state as {@link #numUpdates}, {@link #first} and {@link #second} describe it; the arrays are
   * not copied.
   */
  public static OptimizerState of(long numUpdates, double[] first, double[] second) {
    return new OptimizerState(numUpdates, first, second);
  }

  /** Updates applied so far. */
  public long numUpdates() {
    return numUpdates;
  }

  /** An independent copy. */
  public OptimizerState copy() {
    return new OptimizerState(
        numUpdates, Arrays.copyOf(first, first.length), Arrays.copyOf(second, second.length));
  }

  long countUpdate() {
    return ++numUpdates;
  }

  /** The first vector, live; empty if the optimizer needs none. */
  public double[] first() {
    return first;
  }

  /** The second vector, live; empty if the optimizer needs none. */
  public double[] second() {
    return second;
  }
}
