package dev.triptych.gossip.train;

import java.util.concurrent.atomic.AtomicInteger;

/** Ends the task, or the run, of whoever asks for the gradient of the n-th example in a process. */
final class DyingLoss extends DisturbedLoss {
  private static final long serialVersionUID = 1L;
  private static final AtomicInteger LEFT = new AtomicInteger(Integer.MAX_VALUE);
  private static volatile boolean failing;

  /** Nothing happens. */
  static void live() {
    LEFT.set(Integer.MAX_VALUE);
  }

  /** A task dies, once. */
  static void dieAfter(int numExamples) {
    failing = false;
    LEFT.set(numExamples);
  }

  /** A node fails, which ends the run. */
  static void failAfter(int numExamples) {
    failing = true;
    LEFT.set(numExamples);
  }

  @Override
  void disturb() {
    if (LEFT.decrementAndGet() == 0) {
      if (failing) {
        throw new IllegalStateException("this node fails on purpose");
      }
      // An error and not an exception: it is not the node's own failure.
      throw new AssertionError("this task dies on purpose");
    }
  }
}
