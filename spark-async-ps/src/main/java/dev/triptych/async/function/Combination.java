package dev.triptych.async.function;

/**
 * z ← a·x + b·y with z = {@code vectors[0]}, a scratch vector, x = {@code vectors[1]}, y = {@code
 * vectors[2]}, a = {@code numbers[0]}, b = {@code numbers[1]}; z may be x or y. Without y and b: z
 * ← a·x, a copy for a = 1. No numbers come back.
 */
public final class Combination implements ServerFunction {
  @Override
  public double[] apply(Slice slice, FunctionCall call) {
    VectorView x = slice.vector(call.vector(1));
    boolean both = call.vectors().size() > 2;
    VectorView y = both ? slice.vector(call.vector(2)) : x;
    double a = call.number(0);
    double b = both ? call.number(1) : 0;
    ScratchVector z = slice.writable(call.vector(0));
    for (int j = 0; j < z.length(); j++) {
      z.put(j, both ? a * x.at(j) + b * y.at(j) : a * x.at(j));
    }
    return new double[0];
  }
}
