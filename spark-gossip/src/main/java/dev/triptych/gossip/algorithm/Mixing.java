package dev.triptych.gossip.algorithm;

import dev.triptych.gossip.message.Message;

/** The weighted sum at the heart of a round. */
public final class Mixing {
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
    for (int k = 0; k < weights.length; k++) {
      messages[k].addTo(weights[k], sum);
    }
    return sum;
  }
}
