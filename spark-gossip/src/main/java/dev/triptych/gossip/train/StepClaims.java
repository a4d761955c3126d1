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
 * so that a slow node holds few, and towards the end fewer and fewer, so that nobody is left with
 * many. Where steps are fast the next ones are asked for before the last ones are done. One thread
 * only.
 */
final class StepClaims {
  private static final double CLAIM_NANOS = 20e6;
  private static final double FAST_STEP_NANOS = 2e6;

  private final BudgetClient budget;
  private final int node;
  private final long limit;
  private final double fairShare;
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
   * @param limit steps of all nodes at the end
   * @param fairShare of what is left, that one claim may take
   * @param mostWanted bound of a claim
   * @param progressed hears of the steps that all nodes were granted
   */
  StepClaims(
      BudgetClient budget,
      int node,
      long limit,
      double fairShare,
      int mostWanted,
      LongConsumer progressed) {
    this.budget = budget;
    this.node = node;
    this.limit = limit;
    this.fairShare = fairShare;
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
    boolean last = left == 0 && granted > 1;
    if (pending == null && (last || stepNanos < FAST_STEP_NANOS)) {
      pending = claim();
    }
    return nextStep++;
  }

  /** Steps of all nodes before this one, as far as this node knows. */
  long progress() {
    return progress - 1;
  }

  private CompletableFuture<GrantedSteps> claim() {
    double wanted =
        Math.min(
            Math.min(mostWanted, CLAIM_NANOS / Math.max(1, stepNanos)),
            fairShare * (limit - progress));
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
