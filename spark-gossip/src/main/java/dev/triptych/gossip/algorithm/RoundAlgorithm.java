package dev.triptych.gossip.algorithm;

import dev.triptych.gossip.message.Message;

/**
 * One node's part of a round t: compute the gradient g = g_i(x_i(t)), send a message to the
 * neighbours, average the messages of the round with the mixing matrix's weights, and finish with
 * x_i(t+1). Stateless; what a node remembers lives in its {@link NodeState}.
 *
 * <p>The shell calls {@link #message} and then {@link #finish}, once per round. When {@link
 * #sendsBeforeGradient} it may call {@code message} before it computes the gradient, so that
 * sending and computing overlap.
 */
public interface RoundAlgorithm extends GossipAlgorithm {
  /** Whether {@link #message} reads neither gradient nor step size. */
  boolean sendsBeforeGradient();

  /** Length of the vector that a message stands for. */
  default int messageLength(int numParameters) {
    return numParameters;
  }

  /**
   * What the node tells its neighbours in this round, itself included.
   *
   * @param gradient at {@code node.weights()}, read only
   * @param stepSize α of this round
   * @return of length {@link #messageLength}; nobody changes it from now on
   */
  Message message(NodeState node, double[] gradient, double stepSize);

  /**
   * Ends the round.
   *
   * @param mixed Σ_j w_ij · message of j, handed over
   * @param gradient as given to {@link #message}, read only
   */
  void finish(NodeState node, double[] mixed, double[] gradient, double stepSize);
}
