package dev.triptych.sync;

import dev.triptych.core.optimizer.OptimizerState;
import dev.triptych.core.training.DivergenceRule;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Stochastic variance reduced gradient (Johnson, Zhang, NIPS 2013): now and then the full gradient
 * μ̃ at an anchor w̃ is computed, and until the next one a step goes along ∂F_B(w) − ∂F_B(w̃) + μ̃,
 * B being a mini-batch of every worker. Its variance vanishes as w and w̃ approach the optimum, so
 * a constant step size converges linearly where plain SGD stops at its noise. A new anchor is taken
 * after two epochs of mini-batches (the paper's m = 2n).
 */
final class SvrgUpdates implements Updates {
  private static final double EPOCHS_PER_ANCHOR = 2;

  private final MiniBatches batches;
  private final MiniBatches all;
  private final Step step;
  private final double epochsPerStep;
  private final long stepsPerAnchor;
  private final OptimizerState state;
  private double @Nullable [] anchor;
  private double[] full = new double[0];
  private long steps;
  private long anchors;

  /**
   * @param all the same objective over all examples
   */
  SvrgUpdates(MiniBatches batches, MiniBatches all, Step step, double epochsPerStep) {
    this.batches = batches;
    this.all = all;
    this.step = step;
    this.epochsPerStep = epochsPerStep;
    this.stepsPerAnchor = Math.max(1, Math.round(EPOCHS_PER_ANCHOR / epochsPerStep));
    this.state = batches.run().optimizer().newState(batches.objective().model().numParameters());
  }

  @Override
  public double nextEpochs() {
    return 2 * epochsPerStep + (isAnchorDue() ? 1 : 0);
  }

  @Override
  public double epochs() {
    return anchors + steps * 2 * epochsPerStep;
  }

  private boolean isAnchorDue() {
    return steps % stepsPerAnchor == 0;
  }

  @Override
  public boolean apply(double[] weights) {
    double stepSize = batches.run().stepSize().at(epochs());
    if (isAnchorDue()) {
      anchor = weights.clone();
      full = step.sum(weights, shared -> new StepTask(all, 0, shared)).gradient();
      anchors++;
    }
    double[] here = weights;
    double[] there = anchor;
    if (there == null) {
      throw new IllegalStateException("no anchor before the first step");
    }
    double[] both = Arrays.copyOf(here, 2 * here.length);
    System.arraycopy(there, 0, both, here.length, there.length);
    double[] gradient =
        step.sum(both, 2, shared -> new DifferenceTask(batches, steps, shared)).gradient();
    for (int j = 0; j < here.length; j++) {
      gradient[j] += full[j];
    }
    steps++;
    if (!DivergenceRule.isFinite(gradient)) {
      return false;
    }
    batches.objective().addPenaltyGradient(weights, 1, gradient);
    batches.run().optimizer().apply(weights, gradient, stepSize, state);
    return DivergenceRule.isFinite(weights);
  }
}
