package dev.triptych.core.minimizer;

/** Sees every iterate. */
@FunctionalInterface
public interface Watcher {
  /** Lets everything go on. */
  Watcher NOBODY = (iteration, weights, value) -> true;

  /**
   * @param iteration 0 for the start
   * @param weights read only, changed after the call
   * @param value F(w), L1 term included
   * @return false to stop here
   */
  boolean goOn(int iteration, double[] weights, double value);
}
