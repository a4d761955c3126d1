package dev.triptych.gossip.compression;

import dev.triptych.gossip.message.Message;
import dev.triptych.gossip.message.Sparse;
import java.util.SplittableRandom;

/** k = ⌈fraction · d⌉ components drawn without replacement, not rescaled; δ = k/d in the mean. */
record RandomK(double fraction) implements Compressor {

  @Override
  public String name() {
    return "random-k:" + fraction;
  }

  /** Selection sampling (Knuth, TAOCP 2, 3.4.2, algorithm S). */
  @Override
  public Message compress(double[] vector, long seed) {
    int k = (int) Math.ceil(fraction * vector.length);
    SplittableRandom random = new SplittableRandom(seed);
    int[] indices = new int[k];
    double[] values = new double[k];
    int count = 0;
    for (int p = 0; count < k; p++) {
      if ((vector.length - p) * random.nextDouble() < k - count) {
        indices[count] = p;
        values[count++] = vector[p];
      }
    }
    return new Sparse(vector.length, indices, values);
  }

  /** The mean kept part: what is drawn says nothing about where the differences are. */
  @Override
  public double consensusStepSize() {
    return Math.min(1, 1.6 * fraction);
  }
}
