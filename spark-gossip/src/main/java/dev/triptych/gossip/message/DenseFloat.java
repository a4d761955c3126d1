package dev.triptych.gossip.message;

import dev.triptych.spark.exchange.Vector;
import java.nio.ByteBuffer;

/** A vector rounded to single precision, 4 bytes a value. */
public final class DenseFloat implements Dense {
  private final float[] values;

  DenseFloat(float[] values) {
    this.values = values;
  }

  /** Rounds each value to the nearest float. */
  public static DenseFloat of(double[] vector) {
    float[] values = new float[vector.length];
    for (int p = 0; p < values.length; p++) {
      values[p] = (float) vector[p];
    }
    return new DenseFloat(values);
  }

  static DenseFloat read(ByteBuffer in, int length) {
    float[] values = new float[length];
    in.asFloatBuffer().get(values);
    in.position(in.position() + length * Float.BYTES);
    return new DenseFloat(values);
  }

  @Override
  public int length() {
    return values.length;
  }

  @Override
  public Vector vector() {
    return new Vector.Floats(values);
  }

  @Override
  public long payloadBytes() {
    return (long) values.length * Float.BYTES;
  }

  @Override
  public void addTo(double weight, double[] sum, int begin, int end) {
    for (int p = begin; p < end; p++) {
      sum[p] += weight * values[p];
    }
  }

  @Override
  public void write(ByteBuffer out) {
    out.asFloatBuffer().put(values);
    out.position(out.position() + values.length * Float.BYTES);
  }
}
