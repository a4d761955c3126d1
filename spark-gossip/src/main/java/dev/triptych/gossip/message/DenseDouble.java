package dev.triptych.gossip.message;

import java.nio.ByteBuffer;

/** A vector as it is, 8 bytes a value. */
public final class DenseDouble implements Message {
  private final double[] values;

  /** Takes the values over. */
  public DenseDouble(double[] values) {
    this.values = values;
  }

  static DenseDouble read(ByteBuffer in, int length) {
    double[] values = new double[length];
    in.asDoubleBuffer().get(values);
    in.position(in.position() + length * Double.BYTES);
    return new DenseDouble(values);
  }

  @Override
  public int length() {
    return values.length;
  }

  @Override
  public long payloadBytes() {
    return (long) values.length * Double.BYTES;
  }

  @Override
  public void addTo(double weight, double[] sum) {
    for (int p = 0; p < sum.length; p++) {
      sum[p] += weight * values[p];
    }
  }

  @Override
  public void write(ByteBuffer out) {
    out.asDoubleBuffer().put(values);
    out.position(out.position() + values.length * Double.BYTES);
  }

  /** The vector itself, not a copy. */
  @Override
  public double[] values() {
    return values;
  }
}
