package dev.triptych.gossip.algorithm;

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
  public static double[] mix(double[] weights, double[][] messages) {
    double[] first = messages[0];
    double[] sum = new double[first.length];
    for (int p = 0; p < sum.length; p++) {
      sum[p] = weights[0] * first[p];
    }
    for (int k = 1; k < weights.length; k++) {
      double weight = weights[k];
      double[] message = messages[k];
      for (int p = 0; p < sum.length; p++) {
        sum[p] += weight * message[p];
      }
    }
    return sum;
  }
}
