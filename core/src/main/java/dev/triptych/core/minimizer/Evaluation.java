package dev.triptych.core.minimizer;

/** One pass over the data. */
@FunctionalInterface
public interface Evaluation {
  /**
   * F(w), without an L1 term.
   *
   * @param weights read only
   * @param gradient overwritten with ∂F/∂w
   */
  double at(double[] weights, double[] gradient);
}
