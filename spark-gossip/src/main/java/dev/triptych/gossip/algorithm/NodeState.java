package dev.triptych.gossip.algorithm;

import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.OptimizerState;
import java.io.Serializable;

/**
 * What one node remembers between rounds: its weights x_i and its optimizer's state. Owned by one
 * thread at a time. A plain class: it travels in Spark's results.
 */
public final class NodeState implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int node;
  private final Optimizer optimizer;
  private final OptimizerState optimizerState;
  private double[] weights;

  /** Node {@code node} with zero weights. */
  public NodeState(int node, int numParameters, Optimizer optimizer) {
    this(node, optimizer, optimizer.newState(numParameters), new double[numParameters]);
  }

  private NodeState(
      int node, Optimizer optimizer, OptimizerState optimizerState, double[] weights) {
    this.node = node;
    this.optimizer = optimizer;
    this.optimizerState = optimizerState;
    this.weights = weights;
  }

  /** An independent copy. */
  public NodeState copy() {
    return new NodeState(node, optimizer, optimizerState.copy(), weights);
  }

  /** 0-based. */
  public int node() {
    return node;
  }

  /** x_i; never changed in place, so that neighbours may still read it. */
  public double[] weights() {
    return weights;
  }

  /** Takes over new weights. */
  void replaceWeights(double[] newWeights) {
    weights = newWeights;
  }

  /** One optimizer step on {@code vector}, in place, with this node's optimizer state. */
  void adapt(double[] vector, double[] gradient, double stepSize) {
    optimizer.apply(vector, gradient, stepSize, optimizerState);
  }
}
