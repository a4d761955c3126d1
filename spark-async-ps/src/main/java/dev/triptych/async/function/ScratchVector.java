package dev.triptych.async.function;

/** A named vector beside the weights, zero until written. */
public final class ScratchVector implements VectorView {
  private final double[] values;

  ScratchVector(int length) {
    values = new double[length];
  }

  @Override
  public int length() {
    return values.length;
  }

  @Override
  public double at(int position) {
    return values[position];
  }

  /** Changes one value. */
  public void put(int position, double value) {
    values[position] = value;
  }
}
