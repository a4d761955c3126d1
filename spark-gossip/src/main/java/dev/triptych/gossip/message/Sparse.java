package dev.triptych.gossip.message;

import java.nio.ByteBuffer;

/** Some components of a vector, the others are zero; 12 bytes for each. */
public final class Sparse implements Message {
  private static final int BYTES = Integer.BYTES + Double.BYTES;

  private final int length;
  private final int[] indices;
  private final double[] values;

  /**
   * Takes the arrays over.
   *
   * @param length of the whole vector
   * @param indices ascending, each below {@code length}
   * @param values as many
   * @throws IllegalArgumentException if they do not fit together
   */
  public Sparse(int length, int[] indices, double[] values) {
    if (indices.length != values.length) {
      throw new IllegalArgumentException(
          indices.length + " indices and " + values.length + " values");
    }
    for (int k = 0; k < indices.length; k++) {
      if (indices[k] <= (k == 0 ? -1 : indices[k - 1]) || indices[k] >= length) {
        throw new IllegalArgumentException("index " + indices[k] + " must ascend below " + length);
      }
    }
    this.length = length;
    this.indices = indices;
    this.values = values;
  }

  static Sparse read(ByteBuffer in, int length, int payload) {
    int[] indices = new int[payload / BYTES];
    double[] values = new double[indices.length];
    in.asIntBuffer().get(indices);
    in.position(in.position() + indices.length * Integer.BYTES);
    in.asDoubleBuffer().get(values);
    in.position(in.position() + values.length * Double.BYTES);
    return new Sparse(length, indices, values);
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public long payloadBytes() {
    return (long) indices.length * BYTES;
  }

  @Override
  public void addTo(double weight, double[] sum) {
    for (int k = 0; k < indices.length; k++) {
      sum[indices[k]] += weight * values[k];
    }
  }

  @Override
  public void write(ByteBuffer out) {
    out.asIntBuffer().put(indices);
    out.position(out.position() + indices.length * Integer.BYTES);
    out.asDoubleBuffer().put(values);
    out.position(out.position() + values.length * Double.BYTES);
  }
}
