package dev.triptych.gossip.algorithm;

import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.OptimizerState;
import java.io.Serializable;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one node remembers between rounds: its weights x_i, its optimizer's state, and the vectors
 * that its algorithm keeps, by name. Owned by one thread at a time. A plain class: it travels in
 * Spark's results.
 */
public final class NodeState implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int node;
  private final Optimizer optimizer;
  private final OptimizerState optimizerState;
  private final TreeMap<String, double[]> memory = new TreeMap<>();
  private double[] weights;
  private long round;

  /** Node {@code node} with zero weights. */
  public NodeState(int node, int numParameters, Optimizer optimizer) {
    this(node, optimizer, optimizer.newState(numParameters), new double[numParameters]);
  }

  /** Node {@code node} with given weights, which it takes over. */
  public NodeState(int node, double[] weights, Optimizer optimizer) {
    this(node, optimizer, optimizer.newState(weights.length), weights);
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
    NodeState copy = new NodeState(node, optimizer, optimizerState.copy(), weights);
    memory.forEach((name, vector) -> copy.memory.put(name, vector.clone()));
    copy.round = round;
    return copy;
  }

  /** 0-based. */
  public int node() {
    return node;
  }

  /** Rounds done. */
  public long round() {
    return round;
  }

  /** x_i; never changed in place, so that neighbours may still read it. */
  public double[] weights() {
    return weights;
  }

  /**
   * Starts the algorithm anew from the weights: forgets what was kept of earlier rounds, which is
   * only worth something while all nodes of a graph keep theirs.
   *
   * @param fromRound where all nodes go on, as if each had done the rounds before
   */
  public void restart(long fromRound) {
    memory.clear();
    round = fromRound;
  }

  /** Ends a round with new weights, which it takes over. */
  void finishRound(double[] newWeights) {
    weights = newWeights;
    round++;
  }

  /** One optimizer step on {@code vector}, in place, with this node's optimizer state. */
  void adapt(double[] vector, double[] gradient, double stepSize) {
    optimizer.apply(vector, gradient, stepSize, optimizerState);
  }

  /** The vector kept under a name, itself, or null if there is none yet. */
  double @Nullable [] kept(String name) {
    return memory.get(name);
  }

  /** The vector kept under a name, itself; zeros at first. */
  double[] keptOrZeros(String name) {
    return memory.computeIfAbsent(name, key -> new double[weights.length]);
  }

  /** Keeps a vector under a name and takes it over. */
  void keep(String name, double[] vector) {
    memory.put(name, vector);
  }
}
