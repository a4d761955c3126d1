package dev.triptych.gossip.algorithm;

import dev.triptych.gossip.message.DenseDouble;
import dev.triptych.gossip.message.Message;

/**
 * Decentralized SGD in the lecture's order, x_i(t+1) = Σ_j w_ij x_j(t) − α g_i(x_i(t)) (Nedić,
 * Ozdaglar 2009; D-PSGD of Lian et al. 2017): the weights travel while the gradient is computed.
 * With a constant step a bias remains even on the complete graph.
 */
final class CombineThenAdapt implements RoundAlgorithm {
  private static final long serialVersionUID = 1L;

  @Override
  public String name() {
    return "dpsgd";
  }

  @Override
  public boolean sendsBeforeGradient() {
    return true;
  }

  @Override
  public Message message(NodeState node, double[] gradient, double stepSize) {
    return new DenseDouble(node.weights());
  }

  @Override
  public void finish(NodeState node, double[] mixed, double[] gradient, double stepSize) {
    node.adapt(mixed, gradient, stepSize);
    node.finishRound(mixed);
  }
}
