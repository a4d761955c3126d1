package dev.triptych.gossip.train;

import dev.triptych.gossip.exchange.BudgetClient;
import dev.triptych.gossip.exchange.GrantedSteps;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One node's steps from the run's budget: as many at a time as it does in a fiftieth of a second,
 * so that a slow node holds few, and where steps are fast the next ones are asked for while the
 * last one is computed. One thread only.
 */
final class StepClaims {
  private static final double CLAIM_NANOS = 20e6;
  private static final double FAST_STEP_NANOS = 2e6;

  private final BudgetClient budget;
  private final int node;
  private final int mostWanted;
  private final LongConsumer progressed;
  private @Nullable CompletableFuture<GrantedSteps> pending;
  private int left;
  private int granted;
  private long grantedNanos;
  private double stepNanos = CLAIM_NANOS;
  private long nextStep;
  private long progress;

  /**
   * @param mostWanted bound of a claim
   * @param progressed hears of the steps that all nodes were granted
   */
  StepClaims(BudgetClient budget, int node, int mostWanted, LongConsumer progressed) {
    this.budget = budget;
    this.node = node;
    this.mostWanted = mostWanted;
    this.progressed = progressed;
  }

  /** The number of this node's next step, from 0, or −1 if there is none. */
  long next() throws InterruptedException {
    if (left == 0) {
      long now = System.nanoTime();
      if (granted > 0) {
        stepNanos = (double) (now - grantedNanos) / granted;
      }
      GrantedSteps got = get(pending == null ? claim() : pending);
      pending = null;
      grantedNanos = System.nanoTime();
      granted = got.grant().steps();
      left = granted;
      nextStep = got.grant().first();
      progress = got.grant().progress() - granted;
      progressed.accept(got.grant().progress());
      if (left == 0) {
        return -1;
      }
    }
    left--;
    progress++;
    if (left == 0 && granted > 1 && stepNanos < FAST_STEP_NANOS) {
      pending = claim();
    }
    return nextStep++;
  }

  /** Steps of all nodes before this one, as far as this node knows. */
  long progress() {
    return progress - 1;
  }

  private CompletableFuture<GrantedSteps> claim() {
    double wanted = Math.min(mostWanted, CLAIM_NANOS / Math.max(1, stepNanos));
    return budget.claim(node, Math.max(1, (int) wanted));
  }

  private static GrantedSteps get(CompletableFuture<GrantedSteps> future)
      throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new CompletionException(e.getCause());
    }
  }
}
