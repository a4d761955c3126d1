package dev.triptych.gossip.message;

import java.nio.ByteBuffer;

/** ±scale by component: one bit each, and the scale. */
public final class Sign implements Message {
  private final int length;
  private final double scale;
  // Bit p of word p/64 is set where the component is negative.
  private final long[] negative;

  private Sign(int length, double scale, long[] negative) {
    this.length = length;
    this.scale = scale;
    this.negative = negative;
  }

  /** (‖v‖₁/d) sign(v), where the sign of 0 is +. */
  public static Sign of(double[] vector) {
    double norm = 0;
    long[] negative = new long[words(vector.length)];
    for (int p = 0; p < vector.length; p++) {
      norm += Math.abs(vector[p]);
      if (vector[p] < 0) {
        negative[p >> 6] |= 1L << p;
      }
    }
    return new Sign(vector.length, vector.length == 0 ? 0 : norm / vector.length, negative);
  }

  static Sign read(ByteBuffer in, int length) {
    double scale = in.getDouble();
    long[] negative = new long[words(length)];
    in.asLongBuffer().get(negative);
    in.position(in.position() + negative.length * Long.BYTES);
    return new Sign(length, scale, negative);
  }

  private static int words(int length) {
    return (length + Long.SIZE - 1) / Long.SIZE;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public long payloadBytes() {
    return payloadBytes(length);
  }

  static long payloadBytes(int length) {
    return Double.BYTES + (long) words(length) * Long.BYTES;
  }

  @Override
  public void addTo(double weight, double[] sum) {
    double step = weight * scale;
    for (int p = 0; p < sum.length; p++) {
      sum[p] += (negative[p >> 6] >>> p & 1) == 0 ? step : -step;
    }
  }

  @Override
  public void write(ByteBuffer out) {
    out.putDouble(scale);
    out.asLongBuffer().put(negative);
    out.position(out.position() + negative.length * Long.BYTES);
  }
}
