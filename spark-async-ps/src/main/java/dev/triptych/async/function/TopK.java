package dev.triptych.async.function;

import java.util.Arrays;

/**
 * The k = {@code numbers[0]} values of {@code vectors[0]} of largest magnitude with their
 * parameters: parameter, value, parameter, value, …, largest magnitude first, of equal ones the
 * smaller parameter first. Fewer when there are fewer values that are not zero.
 */
public final class TopK implements ServerFunction {
  private static final int MAX_K = FunctionRunner.MAX_RESULT / 2;

  @Override
  public double[] apply(Slice slice, FunctionCall call) {
    int k = call.whole(0, 1, MAX_K);
    VectorView x = slice.vector(call.vector(0));
    Best best = new Best(Math.min(k, x.length()));
    for (int j = 0; j < x.length(); j++) {
      if (x.at(j) != 0) {
        best.offer(slice.first() + j, x.at(j));
      }
    }
    return best.sorted();
  }

  @Override
  public double[] combine(double[] left, double[] right, FunctionCall call) {
    Best best = new Best(call.whole(0, 1, MAX_K));
    for (double[] pairs : new double[][] {left, right}) {
      for (int p = 0; p + 1 < pairs.length; p += 2) {
        best.offer(pairs[p], pairs[p + 1]);
      }
    }
    return best.sorted();
  }

  /** A heap of the best so far, the worst of them at its root. */
  private static final class Best {
    private final double[] parameters;
    private final double[] values;
    private int size;

    Best(int k) {
      parameters = new double[k];
      values = new double[k];
    }

    void offer(double parameter, double value) {
      if (size < values.length) {
        int child = size++;
        while (child > 0
            && worse(parameter, value, parameters[(child - 1) / 2], values[(child - 1) / 2])) {
          move((child - 1) / 2, child);
          child = (child - 1) / 2;
        }
        parameters[child] = parameter;
        values[child] = value;
      } else if (worse(parameters[0], values[0], parameter, value)) {
        sink(parameter, value);
      }
    }

    private void sink(double parameter, double value) {
      int at = 0;
      while (2 * at + 1 < size) {
        int child = 2 * at + 1;
        if (child + 1 < size
            && worse(parameters[child + 1], values[child + 1], parameters[child], values[child])) {
          child++;
        }
        if (!worse(parameters[child], values[child], parameter, value)) {
          break;
        }
        move(child, at);
        at = child;
      }
      parameters[at] = parameter;
      values[at] = value;
    }

    private void move(int from, int to) {
      parameters[to] = parameters[from];
      values[to] = values[from];
    }

    double[] sorted() {
      Integer[] order = new Integer[size];
      Arrays.setAll(order, i -> i);
      Arrays.sort(
          order, (a, b) -> worse(parameters[a], values[a], parameters[b], values[b]) ? 1 : -1);
      double[] pairs = new double[2 * size];
      for (int i = 0; i < size; i++) {
        pairs[2 * i] = parameters[order[i]];
        pairs[2 * i + 1] = values[order[i]];
      }
      return pairs;
    }

    private static boolean worse(double parameterA, double a, double parameterB, double b) {
      int byMagnitude = Double.compare(Math.abs(a), Math.abs(b));
      return byMagnitude < 0 || (byMagnitude == 0 && parameterA > parameterB);
    }
  }
}
