package dev.triptych.async.delay;

import java.io.Serializable;

/**
 * What a shard does with a gradient of delay τ: the number of updates it has applied since the
 * worker read the weights that the gradient was computed from. Every rule leaves a gradient of
 * delay 0 alone, so none changes anything under bsp or with one worker. Immutable and thread-safe.
 *
 * <p>{@code toString} is the rule as on the command line, {@code name} or {@code name:parameter};
 * {@link DelayRules#parse} takes it.
 */
public interface DelayRule extends Serializable {
  /**
   * The step size for one gradient.
   *
   * @param stepSize α as the schedule says now
   * @param initialStepSize α(0)
   * @param delay τ ≥ 0
   * @param numWorkers n
   */
  default double stepSize(double stepSize, double initialStepSize, long delay, int numWorkers) {
    return stepSize;
  }

  /** Whether {@link #stepSize} ever changes α, which FTRL-proximal does not bear. */
  default boolean changesStepSize() {
    return false;
  }

  /** Whether a gradient of delay τ is not applied at all. */
  default boolean discards(long delay) {
    return false;
  }

  /**
   * λ of the delay compensation g + λ g⊙g⊙(w − w_read); 0 for none, then the shard remembers
   * nothing of what it sent.
   */
  default double compensation() {
    return 0;
  }
}
