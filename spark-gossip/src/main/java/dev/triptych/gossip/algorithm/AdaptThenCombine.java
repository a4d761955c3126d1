package dev.triptych.gossip.algorithm;

import dev.triptych.gossip.message.DenseDouble;
import dev.triptych.gossip.message.Message;

/**
 * Decentralized SGD that steps before it averages, x_i(t+1) = Σ_j w_ij (x_j(t) − α g_j(x_j(t)))
 * (Chen, Sayed 2012): the gradient must be there before anything can be sent. On the complete graph
 * with weights 1/n it is synchronous mini-batch SGD.
 */
final class AdaptThenCombine implements RoundAlgorithm {
  private static final long serialVersionUID = 1L;

  @Override
  public String name() {
    return "dpsgd-atc";
  }

  @Override
  public boolean sendsBeforeGradient() {
    return false;
  }

  @Override
  public Message message(NodeState node, double[] gradient, double stepSize) {
    double[] adapted = node.weights().clone();
    node.adapt(adapted, gradient, stepSize);
    return new DenseDouble(adapted);
  }

  @Override
  public void finish(NodeState node, double[] mixed, double[] gradient, double stepSize) {
    node.finishRound(mixed);
  }
}
