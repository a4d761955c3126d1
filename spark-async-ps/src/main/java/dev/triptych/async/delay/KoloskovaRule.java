package dev.triptych.async.delay;

/**
 * α up to a delay of the concurrency n, min(α, 1/(4Lτ)) beyond (Koloskova, Stich, Jaggi: Sharper
 * Convergence Guarantees for Asynchronous SGD for Distributed and Federated Learning, NeurIPS 2022,
 * arXiv 2206.08307, delay-adaptive step sizes).
 *
 * @param smoothness L; 0 if unknown, then α(0) is taken for 1/L
 */
public record KoloskovaRule(double smoothness) implements DelayRule {
  public KoloskovaRule {
    if (!(smoothness >= 0) || Double.isInfinite(smoothness)) {
      throw new IllegalArgumentException("L must be positive, got " + smoothness);
    }
  }

  @Override
  public double stepSize(double stepSize, double initialStepSize, long delay, int numWorkers) {
    if (delay <= numWorkers) {
      return stepSize;
    }
    double inverseSmoothness = smoothness > 0 ? 1 / smoothness : initialStepSize;
    return Math.min(stepSize, inverseSmoothness / (4.0 * delay));
  }

  @Override
  public boolean changesStepSize() {
    return true;
  }

  @Override
  public String toString() {
    return smoothness > 0 ? "koloskova:" + smoothness : "koloskova";
  }
}
