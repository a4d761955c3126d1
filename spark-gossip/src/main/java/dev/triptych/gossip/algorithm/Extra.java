package dev.triptych.gossip.algorithm;

import dev.triptych.gossip.message.DenseDouble;
import dev.triptych.gossip.message.Message;
import dev.triptych.gossip.mixing.AlgorithmConditions;
import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.gossip.topology.Topology;
import org.jspecify.annotations.Nullable;

/**
 * EXTRA (Shi, Ling, Wu, Yin 2015, algorithm 1, with W̃ = (I + W)/2): corrects the constant step's
 * bias with the step before,
 *
 * <pre>
 * x(1)   = W x(0) − α g(x(0))
 * x(t+1) = (I + W) x(t) − W̃ x(t−1) − α (g(x(t)) − g(x(t−1)))
 * </pre>
 *
 * at the messages of plain gossip. Needs a fixed symmetric W and α below (1 + λ_min(W))/L.
 */
final class Extra implements RoundAlgorithm {
  private static final long serialVersionUID = 1L;

  /** W̃ x(t−1) − α g(x(t−1)). */
  private static final String BEFORE = "step-before";

  @Override
  public String name() {
    return "extra";
  }

  @Override
  public boolean sendsBeforeGradient() {
    return true;
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
        : AlgorithmConditions.named("EXTRA", AlgorithmConditions.againstExtra(mixing));
  }

  @Override
  public Message message(NodeState node, double[] gradient, double stepSize) {
    return new DenseDouble(node.weights());
  }

  @Override
  public void finish(NodeState node, double[] mixed, double[] gradient, double stepSize) {
    double[] x = node.weights();
    double[] before = node.kept(BEFORE);
    double[] after = new double[x.length];
    for (int p = 0; p < x.length; p++) {
      double step = stepSize * gradient[p];
      after[p] = (before == null ? mixed[p] : x[p] + mixed[p] - before[p]) - step;
      // mixed is this node's own: what is kept takes its place.
      mixed[p] = (x[p] + mixed[p]) / 2 - step;
    }
    node.keep(BEFORE, mixed);
    node.finishRound(after);
  }
}
