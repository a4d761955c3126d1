package dev.triptych.async.delay;

/**
 * Gradients of delay τ ≥ R are discarded, and their worker starts anew from the newest weights
 * (Maranjyan, Tyurin, Richtárik: Ringmaster ASGD, ICML 2025, arXiv 2501.16168, the algorithm
 * without stopping calculations). R = 1 is serial SGD by whoever comes first.
 *
 * @param threshold R ≥ 1
 */
public record RingmasterRule(long threshold) implements DelayRule {
  public RingmasterRule {
    if (threshold < 1) {
      throw new IllegalArgumentException("the threshold R must be at least 1, got " + threshold);
    }
  }

  @Override
  public boolean discards(long delay) {
    return delay >= threshold;
  }

  @Override
  public String toString() {
    return "ringmaster:" + threshold;
  }
}
