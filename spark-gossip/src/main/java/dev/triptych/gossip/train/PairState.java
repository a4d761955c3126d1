package dev.triptych.gossip.train;

import dev.triptych.core.optimizer.OptimizerState;
import java.io.Serializable;

/**
 * A node of an asynchronous run between two segments. A plain class: Spark's Kryo serializer cannot
 * read records.
 */
final class PairState implements Serializable {
  private static final long serialVersionUID = 1L;

  final double[] weights;
  final OptimizerState optimizerState;
  // Done so far.
  final long steps;

  PairState(double[] weights, OptimizerState optimizerState, long steps) {
    this.weights = weights;
    this.optimizerState = optimizerState;
    this.steps = steps;
  }
}
