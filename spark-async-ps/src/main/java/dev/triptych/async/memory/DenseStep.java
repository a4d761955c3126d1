package dev.triptych.async.memory;

import dev.triptych.core.data.BatchSampler;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.model.Objective;

/** Mini-batches that read and change all parameters. */
final class DenseStep implements SharedStep {
  private final Objective objective;
  private final ExampleBlock block;
  private final BatchSampler sampler;
  private final SharedWeights shared;
  private final double scale;
  private final double[] gradient;

  DenseStep(
      Objective objective,
      ExampleBlock block,
      BatchSampler sampler,
      SharedWeights shared,
      double scale) {
    this.objective = objective;
    this.block = block;
    this.sampler = sampler;
    this.shared = shared;
    this.scale = scale;
    gradient = new double[objective.model().numParameters()];
  }

  @Override
  public boolean read(long step) {
    int from = sampler.seek(step);
    objective.batchGradient(
        block, sampler.rows(), from, from + sampler.batchSize(), shared.live(), gradient);
    double probe = 0;
    for (int j = 0; j < gradient.length; j++) {
      gradient[j] *= scale;
      probe += gradient[j] * 0; // stays 0 unless some value is infinite or NaN
    }
    return probe == 0;
  }

  @Override
  public void write(double stepSize) {
    shared.apply(gradient, stepSize);
  }

  @Override
  public int batchSize() {
    return sampler.batchSize();
  }
}
