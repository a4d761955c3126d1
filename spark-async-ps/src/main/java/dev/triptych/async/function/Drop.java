package dev.triptych.async.function;

/** Forgets the scratch vectors {@code vectors}. No numbers come back. */
public final class Drop implements ServerFunction {
  @Override
  public double[] apply(Slice slice, FunctionCall call) {
    call.vectors().forEach(slice::drop);
    return new double[0];
  }
}
