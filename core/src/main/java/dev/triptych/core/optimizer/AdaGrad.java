package dev.triptych.core.optimizer;

import java.util.List;

/** AdaGrad (Duchi, Hazan, Singer 2011): G ← G + g², w ← w − αg/(√G + ε). */
public final class AdaGrad implements Optimizer {
  private static final long serialVersionUID = 1L;
  private static final double EPSILON = 1e-10;

  @Override
  public String name() {
    return "adagrad";
  }

  @Override
  public List<String> stateNames() {
    return List.of("squared-sums");
  }

  @Override
  public void applyRange(
      double[] weights,
      double[] sums,
      double[] second,
      int at,
      int length,
      double[] gradient,
      int from,
      double stepSize,
      long update) {
    for (int j = 0; j < length; j++) {
      double g = gradient[from + j];
      sums[at + j] += g * g;
      weights[at + j] -= stepSize * g / (Math.sqrt(sums[at + j]) + EPSILON);
    }
  }

  @Override
  public void applyKeys(
      double[] weights,
      double[] sums,
      double[] second,
      int base,
      int[] indices,
      double[] values,
      int from,
      int to,
      double stepSize,
      long update) {
    for (int k = from; k < to; k++) {
      int j = indices[k] - base;
      double g = values[k];
      sums[j] += g * g;
      weights[j] -= stepSize * g / (Math.sqrt(sums[j]) + EPSILON);
    }
  }
}
