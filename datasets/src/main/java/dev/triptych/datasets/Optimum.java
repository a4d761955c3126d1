package dev.triptych.datasets;

import org.jspecify.annotations.Nullable;

/**
 * Optimal value of a training objective, mean loss + (λ/2)‖w‖².
 *
 * @param loss name on the command line
 * @param lambda λ
 * @param intercept how the model has one
 * @param objective F(w*) up to {@code gapBound}
 * @param gapBound proven bound of objective − F(w*); null where it is an estimate
 * @param testAccuracy of w* on the test split, in [0, 1]; null where there is none
 */
public record Optimum(
    String loss,
    double lambda,
    Intercept intercept,
    double objective,
    @Nullable Double gapBound,
    @Nullable Double testAccuracy) {

  /** How the model has an intercept. */
  public enum Intercept {
    /** None. */
    NONE,
    /** Not part of the penalty. */
    UNPENALISED,
    /** The weight of a constant feature 1, penalised as any other. */
    PENALISED
  }
}
