package dev.triptych.async.function;

/** x·y of {@code vectors[0]} and {@code vectors[1]}: one number. */
public final class Dot implements ServerFunction {
  @Override
  public double[] apply(Slice slice, FunctionCall call) {
    VectorView x = slice.vector(call.vector(0));
    VectorView y = slice.vector(call.vector(1));
    double sum = 0;
    for (int j = 0; j < x.length(); j++) {
      sum += x.at(j) * y.at(j);
    }
    return new double[] {sum};
  }
}
