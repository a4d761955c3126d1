package dev.triptych.core.optimizer;

import java.io.Serializable;
import java.util.List;

/**
 * A coordinate-wise first-order rule: w ← w − (step along the gradient ∂F/∂w). Because it is
 * coordinate-wise it works on any slice of the weights: a driver's vector, a server's shard, a
 * node's replica; S slices give bit for bit the weights of one.
 *
 * <p>An optimizer is immutable and thread-safe; what it remembers lives in an {@link
 * OptimizerState} that belongs to one slice and one thread.
 */
public interface Optimizer extends Serializable {
  /** Name on the command line, such as {@code adagrad}. */
  String name();

  /** Its constants, in the order of its constructor; {@link Optimizers#of} takes them. */
  default List<Double> constants() {
    return List.of();
  }

  /** Names of the vectors of the slice's length that it remembers: none, one or two. */
  List<String> stateNames();

  /** How many of them there are. */
  default int numStateVectors() {
    return stateNames().size();
  }

  /**
   * Whether a coordinate may change in an update that has no gradient for it. Even then nothing
   * changes where gradient and state are zero.
   */
  default boolean movesWithoutGradient() {
    return false;
  }

  /**
   * One update of the consecutive coordinates {@code at..at+length} of some part of a slice. Each
   * coordinate gets the very bits it gets from {@link #apply} on the whole slice, in whatever parts
   * the slice is kept.
   *
   * @param weights of the part, changed in place
   * @param first its part of the first state vector, if there is one; changed in place
   * @param second its part of the second state vector, if there is one; changed in place
   * @param gradient of coordinate {@code at} at {@code from}, and so on; read only
   * @param stepSize α of this update
   * @param update its number, from 1
   */
  void applyRange(
      double[] weights,
      double[] first,
      double[] second,
      int at,
      int length,
      double[] gradient,
      int from,
      double stepSize,
      long update);

  /**
   * Like {@link #applyRange} for the single coordinates {@code indices[k] − base}, {@code from ≤ k
   * < to}. Not for optimizers that {@linkplain #movesWithoutGradient move without gradient}.
   */
  default void applyKeys(
      double[] weights,
      double[] first,
      double[] second,
      int base,
      int[] indices,
      double[] values,
      int from,
      int to,
      double stepSize,
      long update) {
    for (int k = from; k < to; k++) {
      applyRange(weights, first, second, indices[k] - base, 1, values, k, stepSize, update);
    }
  }

  /** Fresh state for a slice of {@code length} weights. */
  default OptimizerState newState(int length) {
    return new OptimizerState(
        numStateVectors() > 0 ? length : 0, numStateVectors() > 1 ? length : 0);
  }

  /**
   * One dense update of a whole slice.
   *
   * @param weights changed in place
   * @param gradient same length, read only
   * @param stepSize α of this update
   * @param state of this slice
   */
  default void apply(double[] weights, double[] gradient, double stepSize, OptimizerState state) {
    long update = state.countUpdate();
    applyRange(
        weights, state.first(), state.second(), 0, weights.length, gradient, 0, stepSize, update);
  }

  /**
   * One update with a sparse gradient: exactly {@link #apply} of the same gradient with zeros
   * elsewhere.
   *
   * @param indices ascending positions in the slice
   * @param values their gradients, {@code values[k]} for {@code indices[k]}
   */
  default void applySparse(
      double[] weights, int[] indices, double[] values, double stepSize, OptimizerState state) {
    if (movesWithoutGradient()) {
      apply(weights, Scatter.toDense(weights.length, indices, values), stepSize, state);
      return;
    }
    long update = state.countUpdate();
    applyKeys(
        weights,
        state.first(),
        state.second(),
        0,
        indices,
        values,
        0,
        indices.length,
        stepSize,
        update);
  }
}
