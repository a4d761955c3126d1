package dev.triptych.gossip.algorithm;

import dev.triptych.gossip.message.DenseDouble;
import dev.triptych.gossip.message.Message;
import java.util.Map;

/**
 * Decentralized SGD with quasi-global momentum (Lin, Karimireddy, Stich, Jaggi 2021, algorithm 1):
 * the momentum follows the way that the averaged weights went, not the node's own gradients, so
 * that unlike data do not pull the nodes apart,
 *
 * <pre>
 * h_i = x_i(t) − α (β m_i(t) + g_i(x_i(t)))          x_i(t+1) = Σ_j w_ij h_j
 * m_i(t+1) = β m_i(t) + (1 − β) (x_i(t) − x_i(t+1))/α
 * </pre>
 *
 * @param momentum β, in [0, 1)
 */
record QuasiGlobalMomentum(double momentum) implements RoundAlgorithm {
  private static final String MOMENTUM = "momentum";

  @Override
  public String name() {
    return "quasi-global-momentum";
  }

  @Override
  public boolean sendsBeforeGradient() {
    return false;
  }

  @Override
  public boolean usesOptimizer() {
    return false;
  }

  @Override
  public Message message(NodeState node, double[] gradient, double stepSize) {
    double[] x = node.weights();
    double[] m = node.keptOrZeros(MOMENTUM);
    double[] message = new double[x.length];
    for (int p = 0; p < x.length; p++) {
      message[p] = x[p] - stepSize * (momentum * m[p] + gradient[p]);
    }
    return new DenseDouble(message);
  }

  @Override
  public void finish(NodeState node, double[] mixed, double[] gradient, double stepSize) {
    double[] x = node.weights();
    double[] m = node.keptOrZeros(MOMENTUM);
    for (int p = 0; p < x.length; p++) {
      m[p] = momentum * m[p] + (1 - momentum) * (x[p] - mixed[p]) / stepSize;
    }
    node.finishRound(mixed);
  }

  @Override
  public Map<String, String> inWords() {
    return Map.of("gossip-momentum", String.valueOf(momentum));
  }
}
