package dev.triptych.sync;

import dev.triptych.core.optimizer.OptimizerState;
import dev.triptych.core.training.DivergenceRule;

/** Gradient descent and mini-batch SGD: one optimizer step along the mean of all gradients. */
final class GradientUpdates implements Updates {
  private final MiniBatches batches;
  private final Step step;
  private final double epochsPerStep;
  private final OptimizerState state;
  private long steps;

  GradientUpdates(MiniBatches batches, Step step, double epochsPerStep) {
    this.batches = batches;
    this.step = step;
    this.epochsPerStep = epochsPerStep;
    this.state = batches.run().optimizer().newState(batches.objective().model().numParameters());
  }

  @Override
  public double nextEpochs() {
    return epochsPerStep;
  }

  @Override
  public double epochs() {
    return steps * epochsPerStep;
  }

  @Override
  public boolean apply(double[] weights) {
    double[] gradient =
        step.sum(weights, shared -> new StepTask(batches, steps, shared)).gradient();
    boolean finite = DivergenceRule.isFinite(gradient);
    if (finite) {
      batches.objective().addPenaltyGradient(weights, 1, gradient);
      double stepSize = batches.run().stepSize().at(epochs());
      batches.run().optimizer().apply(weights, gradient, stepSize, state);
      finite = DivergenceRule.isFinite(weights);
    }
    steps++;
    return finite;
  }
}
