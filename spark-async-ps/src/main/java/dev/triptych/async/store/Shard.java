package dev.triptych.async.store;

import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.OptimizerState;

/**
 * One slice of the weights with its optimizer state. The version is the number of updates applied;
 * all start at zero. Not thread-safe: one owner.
 */
public final class Shard {
  private final double[] weights;
  private final Optimizer optimizer;
  private final OptimizerState state;
  private long version;

  /** A slice of {@code length} zero weights. */
  public Shard(int length, Optimizer optimizer) {
    this.weights = new double[length];
    this.optimizer = optimizer;
    this.state = optimizer.newState(length);
  }

  public int length() {
    return weights.length;
  }

  /** Updates applied so far. */
  public long version() {
    return version;
  }

  /** The live weights; changed by the next {@link #apply}. */
  public double[] weights() {
    return weights;
  }

  /**
   * One update: w ← opt(w, g) with step size α.
   *
   * @param gradient must {@linkplain Gradient#fits fit} the slice
   */
  public void apply(Gradient gradient, double stepSize) {
    int[] positions = gradient.positions();
    if (positions == null) {
      optimizer.apply(weights, gradient.values(), stepSize, state);
    } else {
      optimizer.applySparse(weights, positions, gradient.values(), stepSize, state);
    }
    version++;
  }
}
