package dev.triptych.async.function;

/** ‖x‖₂ of {@code vectors[0]}: one number. */
public final class L2Norm implements ServerFunction {
  @Override
  public double[] apply(Slice slice, FunctionCall call) {
    VectorView x = slice.vector(call.vector(0));
    double sum = 0;
    for (int j = 0; j < x.length(); j++) {
      sum += x.at(j) * x.at(j);
    }
    return new double[] {sum};
  }

  @Override
  public double[] finish(double[] combined, FunctionCall call) {
    return new double[] {Math.sqrt(combined[0])};
  }
}
