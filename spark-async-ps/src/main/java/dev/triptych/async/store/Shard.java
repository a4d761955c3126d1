package dev.triptych.async.store;

import dev.triptych.async.state.DamagedStateException;
import dev.triptych.async.state.StateReader;
import dev.triptych.async.state.StateWriter;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.OptimizerState;
import java.io.IOException;

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

  private Shard(double[] weights, Optimizer optimizer, OptimizerState state, long version) {
    this.weights = weights;
    this.optimizer = optimizer;
    this.state = state;
    this.version = version;
  }

  /** The counterpart of {@link #writeTo}. */
  public static Shard read(StateReader in, int length, Optimizer optimizer) throws IOException {
    OptimizerState fresh = optimizer.newState(length);
    long version = in.readLong();
    long numUpdates = in.readLong();
    double[] weights = in.readVector(length);
    double[] first = in.readVector(fresh.first().length);
    double[] second = in.readVector(fresh.second().length);
    if (weights.length != length
        || first.length != fresh.first().length
        || second.length != fresh.second().length) {
      throw new DamagedStateException("a slice of another length or optimizer");
    }
    return new Shard(weights, optimizer, OptimizerState.of(numUpdates, first, second), version);
  }

  /** Weights, optimizer state and version. */
  public void writeTo(StateWriter out) throws IOException {
    out.putLong(version)
        .putLong(state.numUpdates())
        .putVector(weights)
        .putVector(state.first())
        .putVector(state.second());
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
