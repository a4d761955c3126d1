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

  /** Fresh state for a slice of {@code length} weights. */
  OptimizerState newState(int length);

  /**
   * One dense update of a whole slice.
   *
   * @param weights changed in place
   * @param gradient same length, read only
   * @param stepSize α of this update
   * @param state of this slice
   */
  void apply(double[] weights, double[] gradient, double stepSize, OptimizerState state);

  /**
   * One update with a sparse gradient: exactly {@link #apply} of the same gradient with zeros
   * elsewhere.
   *
   * @param indices ascending positions in the slice
   * @param values their gradients, {@code values[k]} for {@code indices[k]}
   */
  void applySparse(
      double[] weights, int[] indices, double[] values, double stepSize, OptimizerState state);
}
