package dev.triptych.gossip.message;

import dev.triptych.spark.exchange.Vector;
import java.nio.ByteBuffer;

/** A vector as it is, 8 bytes a value. */
public final class DenseDouble implements Dense {
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
  public Vector vector() {
    return new Vector.Doubles(values);
  }

  @Override
  public long payloadBytes() {
    return (long) values.length * Double.BYTES;
  }

  @Override
  public void addTo(double weight, double[] sum, int begin, int end) {
    for (int p = begin; p < end; p++) {
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
