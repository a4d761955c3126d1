package dev.triptych.core.optimizer;

import java.util.List;

/** Plain stochastic gradient descent: w ← w − αg. */
public final class Sgd implements Optimizer {
  private static final long serialVersionUID = 1L;

  @Override
  public String name() {
    return "sgd";
  }

  @Override
  public List<String> stateNames() {
    return List.of();
  }

  @Override
  public void applyRange(
      double[] weights,
      double[] first,
      double[] second,
      int at,
      int length,
      double[] gradient,
      int from,
      double stepSize,
      long update) {
    for (int j = 0; j < length; j++) {
      weights[at + j] -= stepSize * gradient[from + j];
    }
  }

  @Override
  public void applyKeys(
      double[] weights,
      double[] first,
      double[] second,
      int base,
      int[] indices,
      double[] values,
      int from,
      int to,
      double stepSize,
      long update) {
    for (int k = from; k < to; k++) {
      weights[indices[k] - base] -= stepSize * values[k];
    }
  }
}
