package dev.triptych.gossip.message;

import java.nio.ByteBuffer;

/** Components as whole multiples, −127 to 127, of one step: one byte each, and the step. */
public final class Quantized implements Message {
  private static final int LEVELS = 127;

  private final double step;
  private final byte[] multiples;

  private Quantized(double step, byte[] multiples) {
    this.step = step;
    this.multiples = multiples;
  }

  /**
   * Rounds to the nearest multiple of max|v|/127. No component moves further than to zero, so the
   * rest is always smaller than the vector.
   */
  public static Quantized of(double[] vector) {
    double largest = 0;
    for (double v : vector) {
      largest = Math.max(largest, Math.abs(v));
    }
    double step = largest / LEVELS;
    byte[] multiples = new byte[vector.length];
    for (int p = 0; step > 0 && p < multiples.length; p++) {
      multiples[p] = (byte) Math.rint(vector[p] / step);
    }
    return new Quantized(step, multiples);
  }

  static Quantized read(ByteBuffer in, int length) {
    double step = in.getDouble();
    byte[] multiples = new byte[length];
    in.get(multiples);
    return new Quantized(step, multiples);
  }

  @Override
  public int length() {
    return multiples.length;
  }

  @Override
  public long payloadBytes() {
    return Double.BYTES + multiples.length;
  }

  @Override
  public void addTo(double weight, double[] sum) {
    double scaled = weight * step;
    for (int p = 0; p < sum.length; p++) {
      sum[p] += scaled * multiples[p];
    }
  }

  @Override
  public void write(ByteBuffer out) {
    out.putDouble(step).put(multiples);
  }
}
