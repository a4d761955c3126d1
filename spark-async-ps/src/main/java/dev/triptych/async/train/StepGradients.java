package dev.triptych.async.train;

import org.jspecify.annotations.Nullable;

/**
 * The gradients of one worker, step by step. One step is prepared ahead: its keys are worked out
 * while the worker waits for the weights of the step before it. One thread.
 */
interface StepGradients {
  /** Looks up which examples step {@code step} uses, without touching the current one. */
  void prepare(long step);

  /** The prepared step becomes the current one. */
  void advance();

  /** The parameters of the current step, ascending, or null for all. */
  int @Nullable [] keys();

  /** Where the weights of the current step belong, in the order of the keys. */
  double[] weights();

  /** The gradient at {@link #weights()}, in the order of the keys; valid until the next call. */
  double[] compute();

  /** Examples behind every gradient. */
  int numExamples();
}
