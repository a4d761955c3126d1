package dev.triptych.gossip.algorithm;

import dev.triptych.gossip.message.DenseDouble;
import dev.triptych.gossip.message.Message;
import dev.triptych.gossip.mixing.AlgorithmConditions;
import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.gossip.topology.Topology;
import org.jspecify.annotations.Nullable;

/**
 * D² (Tang, Lian, Yan, Zhang, Liu 2018): decentralized SGD without the variance between the nodes'
 * data,
 *
 * <pre>
 * x(1)   = W (x(0) − α g(x(0)))
 * x(t+1) = W (2 x(t) − x(t−1) − α (g(x(t)) − g(x(t−1))))
 * </pre>
 *
 * Needs a fixed symmetric W with λ_min &gt; −1/3.
 */
final class DSquared implements RoundAlgorithm {
  private static final long serialVersionUID = 1L;

  /** x(t−1) − α g(x(t−1)). */
  private static final String BEFORE = "step-before";

  @Override
  public String name() {
    return "d2";
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
  public @Nullable String obstacle(Topology topology, MixingSequence mixing) {
    String obstacle = RoundAlgorithm.super.obstacle(topology, mixing);
    return obstacle != null
        ? obstacle
        : AlgorithmConditions.named("D2", AlgorithmConditions.againstD2(mixing));
  }

  @Override
  public Message message(NodeState node, double[] gradient, double stepSize) {
    double[] x = node.weights();
    double[] before = node.kept(BEFORE);
    double[] message = new double[x.length];
    double[] step = new double[x.length];
    for (int p = 0; p < x.length; p++) {
      step[p] = x[p] - stepSize * gradient[p];
      message[p] = before == null ? step[p] : x[p] + step[p] - before[p];
    }
    node.keep(BEFORE, step);
    return new DenseDouble(message);
  }

  @Override
  public void finish(NodeState node, double[] mixed, double[] gradient, double stepSize) {
    node.finishRound(mixed);
  }
}
