package dev.triptych.sync;

/**
 * What a synchronous algorithm does, one update of the weights after the other. Owned by the
 * driver's thread.
 */
interface Updates {
  /** Examples that the next update looks at / n. */
  double nextEpochs();

  /** Examples that all updates so far have looked at / n. */
  double epochs();

  /** One update in place; false, and the run has diverged, when something is not finite. */
  boolean apply(double[] weights);
}
