package dev.triptych.async.train;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.model.Objective;
import org.jspecify.annotations.Nullable;

/** All parameters in every step. */
final class DenseGradients implements StepGradients {
  private final Objective objective;
  private final ExampleBlock block;
  private final GradientRows rows;
  private final double scale;
  private final double[] weights;
  private final double[] gradient;
  private long ahead;
  private int from;

  /**
   * @param scale of every gradient; 1 but for full local batches of unequal size
   */
  DenseGradients(Objective objective, ExampleBlock block, GradientRows rows, double scale) {
    this.objective = objective;
    this.block = block;
    this.rows = rows;
    this.scale = scale;
    weights = new double[objective.model().numParameters()];
    gradient = new double[weights.length];
  }

  @Override
  public void prepare(long step) {
    ahead = step; // the rows are still those of the current step
  }

  @Override
  public void advance() {
    from = rows.seek(ahead);
  }

  @Override
  public int @Nullable [] keys() {
    return null;
  }

  @Override
  public double[] weights() {
    return weights;
  }

  @Override
  public double[] compute() {
    objective.batchGradient(block, rows.rows(), from, from + rows.count(), weights, gradient);
    if (scale != 1) {
      for (int j = 0; j < gradient.length; j++) {
        gradient[j] *= scale;
      }
    }
    return gradient;
  }

  @Override
  public int numExamples() {
    return rows.count();
  }
}
