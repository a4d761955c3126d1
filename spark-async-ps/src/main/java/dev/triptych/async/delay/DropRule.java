package dev.triptych.async.delay;

/**
 * Gradients of delay τ > B are dropped: the step size 0 that Koloskova, Stich, Jaggi (NeurIPS 2022,
 * arXiv 2206.08307) allow for gradients beyond the concurrency. The same as {@link RingmasterRule}
 * with R = B+1.
 *
 * @param bound B ≥ 0
 */
public record DropRule(long bound) implements DelayRule {
  public DropRule {
    if (bound < 0) {
      throw new IllegalArgumentException("the bound must not be negative, got " + bound);
    }
  }

  @Override
  public boolean discards(long delay) {
    return delay > bound;
  }

  @Override
  public String toString() {
    return "drop:" + bound;
  }
}
