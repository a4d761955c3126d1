package dev.triptych.gossip.algorithm;

import dev.triptych.gossip.message.DenseDouble;
import dev.triptych.gossip.message.Message;
import java.util.Arrays;

/**
 * Gradient tracking: every node also gossips an estimate y_i of the mean gradient and steps along
 * that, so that unlike data on the nodes leave no bias at a constant step. From y_i(0) = g_i(x(0)),
 *
 * <pre>
 * x_i(t+1) = Σ_j w_ij (x_j(t) − α y_j(t))
 * y_i(t+1) = Σ_j w_ij y_j(t) + g_i(x(t+1)) − g_i(x(t))
 * </pre>
 *
 * (Xu et al. 2015; Di Lorenzo, Scutari 2016; Nedić, Olshevsky, Shi 2017.) Messages are twice as
 * long.
 */
final class GradientTracking implements RoundAlgorithm {
  private static final long serialVersionUID = 1L;
  private static final String MIXED_TRACKER = "mixed-tracker";
  private static final String GRADIENT = "gradient";

  @Override
  public String name() {
    return "gradient-tracking";
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
  public int messageLength(int numParameters) {
    return Math.multiplyExact(2, numParameters);
  }

  @Override
  public Message message(NodeState node, double[] gradient, double stepSize) {
    double[] x = node.weights();
    double[] mixedTracker = node.kept(MIXED_TRACKER);
    double[] before = node.kept(GRADIENT);
    double[] message = new double[messageLength(x.length)];
    for (int p = 0; p < x.length; p++) {
      double y =
          mixedTracker == null || before == null
              ? gradient[p]
              : mixedTracker[p] + gradient[p] - before[p];
      message[p] = x[p] - stepSize * y;
      message[x.length + p] = y;
    }
    return new DenseDouble(message);
  }

  @Override
  public void finish(NodeState node, double[] mixed, double[] gradient, double stepSize) {
    int length = gradient.length;
    node.keep(MIXED_TRACKER, Arrays.copyOfRange(mixed, length, 2 * length));
    node.keep(GRADIENT, gradient.clone());
    node.finishRound(Arrays.copyOf(mixed, length));
  }
}
