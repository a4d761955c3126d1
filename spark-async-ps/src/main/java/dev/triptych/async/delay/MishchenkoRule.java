package dev.triptych.async.delay;

/**
 * α·min(1, n/τ): full steps up to a delay of n, which n equally fast workers never exceed, and
 * smaller ones beyond (Mishchenko, Bach, Even, Woodworth: Asynchronous SGD Beats Minibatch SGD
 * Under Arbitrary Delays, NeurIPS 2022, arXiv 2206.07638, the delay-adaptive step sizes).
 */
public record MishchenkoRule() implements DelayRule {
  @Override
  public double stepSize(double stepSize, double initialStepSize, long delay, int numWorkers) {
    return delay <= numWorkers ? stepSize : stepSize * numWorkers / delay;
  }

  @Override
  public boolean changesStepSize() {
    return true;
  }

  @Override
  public String toString() {
    return "mishchenko";
  }
}
