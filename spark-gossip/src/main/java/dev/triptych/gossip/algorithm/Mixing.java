package dev.triptych.gossip.algorithm;

import dev.triptych.gossip.message.Dense;
import dev.triptych.gossip.message.Message;
import org.jspecify.annotations.Nullable;

/** The weighted sum at the heart of a round. */
public final class Mixing {
  // Values that stay in a core's first cache while all messages are added to them.
  private static final int BLOCK = 2048;

  private Mixing() {}

  /**
   * Σ_k weights[k] · messages[k], added in this order, so that the result repeats bit for bit.
   *
   * @param weights w_ij in ascending order of j, at least one
   * @param messages the messages of the same nodes, all of one length; read only
   * @return a new vector
   */
  public static double[] mix(double[] weights, Message[] messages) {
    double[] sum = new double[messages[0].length()];
    Dense[] dense = dense(messages);
    if (dense == null || sum.length <= BLOCK) {
      for (int k = 0; k < weights.length; k++) {
        messages[k].addTo(weights[k], sum);
      }
      return sum;
    }
    for (int begin = 0; begin < sum.length; begin += BLOCK) {
      int end = Math.min(sum.length, begin + BLOCK);
      for (int k = 0; k < weights.length; k++) {
        dense[k].addTo(weights[k], sum, begin, end);
      }
    }
    return sum;
  }

  private static Dense @Nullable [] dense(Message[] messages) {
    Dense[] dense = new Dense[messages.length];
    for (int k = 0; k < messages.length; k++) {
      if (!(messages[k] instanceof Dense one)) {
        return null;
      }
      dense[k] = one;
    }
    return dense;
  }
}
