package dev.triptych.async.delay;

/**
 * α/(1+τ): DynSGD (Jiang, Cui, Zhang, Yu: Heterogeneity-aware Distributed Parameter Servers, SIGMOD
 * 2017, section 4).
 */
public record InverseRule() implements DelayRule {
  @Override
  public double stepSize(double stepSize, double initialStepSize, long delay, int numWorkers) {
    return stepSize / (1.0 + delay);
  }

  @Override
  public boolean changesStepSize() {
    return true;
  }

  @Override
  public String toString() {
    return "inverse";
  }
}
