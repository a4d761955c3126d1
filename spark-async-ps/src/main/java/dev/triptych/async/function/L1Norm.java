package dev.triptych.async.function;

/** ‖x‖₁ of {@code vectors[0]}: one number. */
public final class L1Norm implements ServerFunction {
  @Override
  public double[] apply(Slice slice, FunctionCall call) {
    VectorView x = slice.vector(call.vector(0));
    double sum = 0;
    for (int j = 0; j < x.length(); j++) {
      sum += Math.abs(x.at(j));
    }
    return new double[] {sum};
  }
}
