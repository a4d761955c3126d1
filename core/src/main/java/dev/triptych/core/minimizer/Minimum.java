package dev.triptych.core.minimizer;

/**
 * Where a method stopped.
 *
 * @param weights w
 * @param value F(w), L1 term included
 * @param iterations steps taken
 * @param evaluations passes over the data, the first one included
 * @param ending why it stopped
 */
@SuppressWarnings("ArrayRecordComponent")
public record Minimum(
    double[] weights, double value, int iterations, int evaluations, Ending ending) {
  /** Why a method stopped. */
  public enum Ending {
    /** F no longer falls, by the stop rule. */
    VALUES_CONVERGED,
    /** The gradient is small, by the stop rule. */
    GRADIENT_CONVERGED,
    /** No iteration is left. */
    MAX_ITERATIONS,
    /** No step along the direction lowers F any more: as good as rounding allows. */
    NO_LOWER_VALUE,
    /** Who watches had enough. */
    STOPPED,
    /** F or its gradient is not finite at the start. */
    NOT_FINITE
  }
}
