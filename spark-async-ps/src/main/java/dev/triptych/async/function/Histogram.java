package dev.triptych.async.function;

/**
 * How many values of {@code vectors[0]} lie in each of {@code numbers[2]} bins of equal width over
 * [{@code numbers[0]}, {@code numbers[1]}]: the number below, the bins' numbers, the number above.
 * The upper end belongs to the last bin.
 */
public final class Histogram implements ServerFunction {
  @Override
  public double[] apply(Slice slice, FunctionCall call) {
    VectorView x = slice.vector(call.vector(0));
    double low = call.number(0);
    double high = call.number(1);
    int numBins = call.whole(2, 1, FunctionRunner.MAX_RESULT - 2);
    if (!(low < high) || Double.isInfinite(high - low)) {
      throw new IllegalArgumentException("expected low < high, got " + low + " and " + high);
    }
    double[] counts = new double[numBins + 2];
    for (int j = 0; j < x.length(); j++) {
      counts[bin(x.at(j), low, high, numBins)]++;
    }
    return counts;
  }

  private static int bin(double value, double low, double high, int numBins) {
    if (value < low) {
      return 0;
    }
    if (value > high) {
      return numBins + 1;
    }
    return 1 + Math.min(numBins - 1, (int) ((value - low) / (high - low) * numBins));
  }
}
