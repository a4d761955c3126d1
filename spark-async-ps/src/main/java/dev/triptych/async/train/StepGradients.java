package dev.triptych.async.train;

import org.jspecify.annotations.Nullable;

/**
 * The mini-batch gradients of one worker, step by step: prepare a step, fill its weights, compute
 * its gradient. One thread.
 */
interface StepGradients {
  /** Looks up which examples step {@code step} uses; its keys are known afterwards. */
  void prepare(long step);

  /** The parameters of the prepared step, ascending, or null for all. */
  int @Nullable [] keys();

  /** Where the weights of the prepared step belong, in the order of the keys. */
  double[] weights();

  /** The gradient at {@link #weights()}, in the order of the keys; valid until the next call. */
  double[] compute();

  /** Examples in every mini-batch. */
  int batchSize();
}
