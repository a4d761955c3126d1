package dev.triptych.async.delay;

/**
 * g + λ g⊙g⊙(w − w_read): a first-order correction of the gradient to the weights it is applied to,
 * with g⊙g for the diagonal of the Hessian (Zheng et al.: Asynchronous Stochastic Gradient Descent
 * with Delay Compensation, ICML 2017, DC-ASGD with constant λ). That is right in the mean where the
 * loss is a negative log-likelihood. The shard keeps for each worker what it last sent, at the
 * positions it sent.
 *
 * @param compensation λ > 0
 */
public record CompensationRule(double compensation) implements DelayRule {
  public CompensationRule {
    if (!(compensation > 0) || Double.isInfinite(compensation)) {
      throw new IllegalArgumentException("λ must be positive, got " + compensation);
    }
  }

  @Override
  public String toString() {
    return "dc-asgd:" + compensation;
  }
}
