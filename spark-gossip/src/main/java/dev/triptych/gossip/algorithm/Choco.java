package dev.triptych.gossip.algorithm;

import dev.triptych.gossip.compression.Compressor;
import dev.triptych.gossip.message.Message;
import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.gossip.topology.Topology;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * CHOCO-SGD (Koloskova, Stich, Jaggi 2019, algorithm 2, in the form of algorithm 5 that keeps two
 * vectors whatever the number of neighbours): nodes send a compressed difference to what the others
 * already believe of them, so that what a compressor leaves out is sent later,
 *
 * <pre>
 * h = x(t) − α g(x(t))          q = Q(h − e(t))
 * e(t+1) = e(t) + q             s(t+1) = s(t) + Σ_j w_ij q_j
 * x(t+1) = h + γ (s(t+1) − e(t+1))
 * </pre>
 *
 * where e is the neighbours' estimate of x, s the average of the neighbours' estimates and γ the
 * consensus step size. Needs a fixed W.
 */
record Choco(Compressor compressor, double consensusStepSize) implements RoundAlgorithm {
  private static final String ESTIMATE = "estimate";
  private static final String MIXED_ESTIMATES = "mixed-estimates";
  private static final String ADAPTED = "adapted";

  @Override
  public String name() {
    return "choco";
  }

  @Override
  public boolean sendsBeforeGradient() {
    return false;
  }

  @Override
  public @Nullable String obstacle(Topology topology, MixingSequence mixing) {
    String obstacle = RoundAlgorithm.super.obstacle(topology, mixing);
    return obstacle == null && mixing.isTimeVarying()
        ? "choco needs the same weights in every round: what a node believes of its neighbours is"
            + " kept as one weighted sum"
        : obstacle;
  }

  @Override
  public Message message(NodeState node, double[] gradient, double stepSize) {
    double[] adapted = node.weights().clone();
    node.adapt(adapted, gradient, stepSize);
    double[] estimate = node.keptOrZeros(ESTIMATE);
    double[] difference = new double[adapted.length];
    for (int p = 0; p < difference.length; p++) {
      difference[p] = adapted[p] - estimate[p];
    }
    Message message = compressor.compress(difference, node.round() * 1_000_003 + node.node());
    message.addTo(1, estimate);
    node.keep(ADAPTED, adapted);
    return message;
  }

  @Override
  public void finish(NodeState node, double[] mixed, double[] gradient, double stepSize) {
    double[] estimate = node.keptOrZeros(ESTIMATE);
    double[] sum = node.keptOrZeros(MIXED_ESTIMATES);
    double[] adapted = node.keptOrZeros(ADAPTED);
    for (int p = 0; p < mixed.length; p++) {
      sum[p] += mixed[p];
      mixed[p] = adapted[p] + consensusStepSize * (sum[p] - estimate[p]);
    }
    node.finishRound(mixed);
  }

  @Override
  public Map<String, String> inWords() {
    Map<String, String> words = new LinkedHashMap<>();
    words.put("gossip-compression", compressor.name());
    words.put("consensus-step-size", String.valueOf(consensusStepSize));
    return words;
  }
}
