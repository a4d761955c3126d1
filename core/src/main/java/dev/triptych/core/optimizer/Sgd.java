package dev.triptych.core.optimizer;

/** Plain stochastic gradient descent: w ← w − αg. */
public final class Sgd implements Optimizer {
  private static final long serialVersionUID = 1L;

  @Override
  public String name() {
    return "sgd";
  }

  @Override
  public OptimizerState newState(int length) {
    return new OptimizerState(0, 0);
  }

  @Override
  public void apply(double[] weights, double[] gradient, double stepSize, OptimizerState state) {
    state.countUpdate();
    for (int j = 0; j < weights.length; j++) {
      weights[j] -= stepSize * gradient[j];
    }
  }

  @Override
  public void applySparse(
      double[] weights, int[] indices, double[] values, double stepSize, OptimizerState state) {
    state.countUpdate();
    for (int k = 0; k < indices.length; k++) {
      weights[indices[k]] -= stepSize * values[k];
    }
  }
}
