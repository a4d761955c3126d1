package dev.triptych.gossip.train;

import java.util.concurrent.atomic.AtomicInteger;

/** Takes the task of whoever asks for the gradient of the n-th example with it, in one process. */
final class DyingLoss extends DisturbedLoss {
  private static final long serialVersionUID = 1L;
  private static final AtomicInteger LEFT = new AtomicInteger(Integer.MAX_VALUE);

  static void dieAfter(int numExamples) {
    LEFT.set(numExamples);
  }

  @Override
  void disturb() {
    if (LEFT.decrementAndGet() == 0) {
      // An error and not an exception: it is not the node's own failure.
      throw new AssertionError("this task dies on purpose");
    }
  }
}
