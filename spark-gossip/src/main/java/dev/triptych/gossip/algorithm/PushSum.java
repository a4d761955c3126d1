package dev.triptych.gossip.algorithm;

import dev.triptych.gossip.message.DenseDouble;
import dev.triptych.gossip.message.Message;
import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.gossip.mixing.TopologyReport;
import dev.triptych.gossip.topology.Topology;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Stochastic gradient push (Kempe, Dobra, Gehrke 2003; Assran et al. 2019, algorithm 1): on a
 * directed graph senders split what they have, so that columns of W add up to 1 and rows need not.
 * Nodes gossip a numerator u and a weight v, from u = x and v = 1, and their weights are x = u/v,
 *
 * <pre>
 * u_i(t+1) = Σ_j w_ij (u_j(t) − α g_j(x_j(t)))
 * v_i(t+1) = Σ_j w_ij v_j(t)
 * </pre>
 *
 * Σ_i u_i changes by the gradients only and Σ_i v_i = n for ever.
 */
final class PushSum implements RoundAlgorithm {
  private static final long serialVersionUID = 1L;
  private static final String NUMERATOR = "numerator";
  private static final String WEIGHT = "push-weight";

  @Override
  public String name() {
    return "push-sum";
  }

  @Override
  public boolean sendsBeforeGradient() {
    return false;
  }

  @Override
  public int messageLength(int numParameters) {
    return Math.addExact(numParameters, 1);
  }

  @Override
  public @Nullable String obstacle(Topology topology, MixingSequence mixing) {
    return TopologyReport.losesMass(topology, mixing);
  }

  @Override
  public Message message(NodeState node, double[] gradient, double stepSize) {
    double[] numerator = node.kept(NUMERATOR);
    double[] weight = node.kept(WEIGHT);
    double[] adapted = numerator == null ? node.weights().clone() : numerator;
    node.adapt(adapted, gradient, stepSize);
    double[] message = Arrays.copyOf(adapted, adapted.length + 1);
    message[adapted.length] = weight == null ? 1 : weight[0];
    return new DenseDouble(message);
  }

  @Override
  public void finish(NodeState node, double[] mixed, double[] gradient, double stepSize) {
    int length = gradient.length;
    double weight = mixed[length];
    double[] numerator = Arrays.copyOf(mixed, length);
    double[] x = new double[length];
    for (int p = 0; p < length; p++) {
      x[p] = numerator[p] / weight;
    }
    node.keep(NUMERATOR, numerator);
    node.keep(WEIGHT, new double[] {weight});
    node.finishRound(x);
  }
}
