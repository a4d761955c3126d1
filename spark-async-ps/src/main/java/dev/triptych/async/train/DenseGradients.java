package dev.triptych.async.train;

import dev.triptych.core.data.BatchSampler;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.model.Objective;
import org.jspecify.annotations.Nullable;

/** All parameters in every step. */
final class DenseGradients implements StepGradients {
  private final Objective objective;
  private final ExampleBlock block;
  private final BatchSampler sampler;
  private final double scale;
  private final double[] weights;
  private final double[] gradient;
  private long ahead;
  private int from;

  /**
   * @param scale of every gradient; 1 but for full local batches of unequal size
   */
  DenseGradients(Objective objective, ExampleBlock block, BatchSampler sampler, double scale) {
    this.objective = objective;
    this.block = block;
    this.sampler = sampler;
    this.scale = scale;
    weights = new double[objective.model().numParameters()];
    gradient = new double[weights.length];
  }

  @Override
  public void prepare(long step) {
    ahead = step; // the sampler's rows are still those of the current step
  }

  @Override
  public void advance() {
    from = sampler.seek(ahead);
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
    objective.batchGradient(
        block, sampler.rows(), from, from + sampler.batchSize(), weights, gradient);
    if (scale != 1) {
      for (int j = 0; j < gradient.length; j++) {
        gradient[j] *= scale;
      }
    }
    return gradient;
  }

  @Override
  public int batchSize() {
    return sampler.batchSize();
  }
}
