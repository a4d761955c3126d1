package dev.triptych.sync;

import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.training.DivergenceRule;

/**
 * Local SGD (Stich, ICLR 2019; McMahan et al. 2017): every worker takes H optimizer steps on
 * mini-batches of its own, then the weights are averaged, w ← Σ_k share_k w_k, and so is what the
 * optimizer remembers (Yu, Jin, Yang, ICML 2019, for momentum). With H = 1 and plain SGD it is
 * mini-batch SGD. An update is one such average.
 */
final class LocalUpdates implements Updates {
  private final MiniBatches batches;
  private final Step step;
  private final int localSteps;
  private final double epochsPerStep;
  // weights, then the optimizer's vectors
  private final double[] all;
  private long rounds;

  /**
   * @param localSteps H ≥ 1
   * @param epochsPerStep of one mini-batch of every worker
   */
  LocalUpdates(MiniBatches batches, Step step, int localSteps, double epochsPerStep) {
    this.batches = batches;
    this.step = step;
    this.localSteps = localSteps;
    this.epochsPerStep = epochsPerStep;
    Optimizer optimizer = batches.run().optimizer();
    this.all =
        new double
            [Math.multiplyExact(
                batches.objective().model().numParameters(), 1 + optimizer.numStateVectors())];
  }

  @Override
  public double nextEpochs() {
    return localSteps * epochsPerStep;
  }

  @Override
  public double epochs() {
    return rounds * localSteps * epochsPerStep;
  }

  @Override
  public boolean apply(double[] weights) {
    System.arraycopy(weights, 0, all, 0, weights.length);
    double[] mean =
        step.sum(
                all,
                localSteps,
                shared -> new LocalTask(batches, localSteps, epochsPerStep, rounds, shared))
            .gradient();
    rounds++;
    if (!DivergenceRule.isFinite(mean)) {
      return false;
    }
    System.arraycopy(mean, 0, all, 0, all.length);
    System.arraycopy(mean, 0, weights, 0, weights.length);
    return true;
  }
}
