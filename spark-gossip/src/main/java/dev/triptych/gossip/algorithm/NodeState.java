package dev.triptych.gossip.algorithm;

import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.OptimizerState;
import dev.triptych.core.state.StateReader;
import dev.triptych.core.state.StateWriter;
import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one node remembers between rounds: its weights x_i, its optimizer's state, and the vectors
 * that its algorithm keeps, by name. Owned by one thread at a time. A plain class: it travels in
 * Spark's results.
 */
public final class NodeState implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int MAX_KEPT = 100;
  private static final int MAX_NAME_BYTES = 100;

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

  /** Writes all of it but the node's number and its optimizer. */
  public void writeTo(StateWriter out) throws IOException {
    out.putLong(round).putVector(weights);
    out.putLong(optimizerState.numUpdates());
    out.putVector(optimizerState.first()).putVector(optimizerState.second());
    out.putInt(memory.size());
    for (Map.Entry<String, double[]> kept : memory.entrySet()) {
      out.putString(kept.getKey()).putVector(kept.getValue());
    }
  }

  /** What {@link #writeTo} has written, of a model of {@code numParameters} weights. */
  public static NodeState read(int node, int numParameters, Optimizer optimizer, StateReader in)
      throws IOException {
    long round = in.readLong();
    double[] weights = in.readVector(numParameters);
    OptimizerState optimizerState =
        OptimizerState.of(
            in.readLong(), in.readVector(numParameters), in.readVector(numParameters));
    NodeState state = new NodeState(node, optimizer, optimizerState, weights);
    state.round = round;
    int numKept = in.readCount(MAX_KEPT);
    for (int k = 0; k < numKept; k++) {
      state.memory.put(in.readString(MAX_NAME_BYTES), in.readVector(2 * numParameters + 1));
    }
    return state;
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
