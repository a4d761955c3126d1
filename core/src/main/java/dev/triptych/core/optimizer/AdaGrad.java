package dev.triptych.core.optimizer;

/** AdaGrad (Duchi, Hazan, Singer 2011): G ← G + g², w ← w − αg/(√G + ε). */
public final class AdaGrad implements Optimizer {
  private static final long serialVersionUID = 1L;
  private static final double EPSILON = 1e-10;

  @Override
  public String name() {
    return "adagrad";
  }

  @Override
  public OptimizerState newState(int length) {
    return new OptimizerState(length, 0);
  }

  @Override
  public void apply(double[] weights, double[] gradient, double stepSize, OptimizerState state) {
    state.countUpdate();
    double[] sums = state.first();
    for (int j = 0; j < weights.length; j++) {
      double g = gradient[j];
      sums[j] += g * g;
      weights[j] -= stepSize * g / (Math.sqrt(sums[j]) + EPSILON);
    }
  }

  @Override
  public void applySparse(
      double[] weights, int[] indices, double[] values, double stepSize, OptimizerState state) {
    state.countUpdate();
    double[] sums = state.first();
    for (int k = 0; k < indices.length; k++) {
      int j = indices[k];
      double g = values[k];
      sums[j] += g * g;
      weights[j] -= stepSize * g / (Math.sqrt(sums[j]) + EPSILON);
    }
  }
}
