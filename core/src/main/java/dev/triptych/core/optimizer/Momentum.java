package dev.triptych.core.optimizer;

import java.util.List;

/** Heavy-ball momentum (Polyak 1964): v ← μv + g, w ← w − αv. */
public final class Momentum implements Optimizer {
  private static final long serialVersionUID = 1L;

  private final double momentum;

  /** {@code momentum} μ in [0, 1). */
  public Momentum(double momentum) {
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException("momentum must be in [0, 1), got " + momentum);
    }
    this.momentum = momentum;
  }

  @Override
  public String name() {
    return "momentum";
  }

  @Override
  public List<Double> constants() {
    return List.of(momentum);
  }

  @Override
  public OptimizerState newState(int length) {
    return new OptimizerState(length, 0);
  }

  @Override
  public void apply(double[] weights, double[] gradient, double stepSize, OptimizerState state) {
    state.countUpdate();
    double[] velocity = state.first();
    for (int j = 0; j < weights.length; j++) {
      velocity[j] = momentum * velocity[j] + gradient[j];
      weights[j] -= stepSize * velocity[j];
    }
  }

  @Override
  public void applySparse(
      double[] weights, int[] indices, double[] values, double stepSize, OptimizerState state) {
    apply(weights, Scatter.toDense(weights.length, indices, values), stepSize, state);
  }
}
