package dev.triptych.core.minimizer;

/** F along w + t d, one pass over the data per point. */
final class Line {
  private final Evaluation evaluation;
  private final double[] origin;
  private final double[] direction;
  private final double[] weights;
  private final double[] gradient;
  private int evaluations;

  /**
   * @param weights overwritten with the point evaluated last
   * @param gradient overwritten with the gradient there
   */
  Line(
      Evaluation evaluation,
      double[] origin,
      double[] direction,
      double[] weights,
      double[] gradient) {
    this.evaluation = evaluation;
    this.origin = origin;
    this.direction = direction;
    this.weights = weights;
    this.gradient = gradient;
  }

  /** F and its slope at t; not finite where F is not. */
  Point at(double t) {
    evaluations++;
    for (int j = 0; j < weights.length; j++) {
      weights[j] = origin[j] + t * direction[j];
    }
    double value = evaluation.at(weights, gradient);
    return new Point(t, value, Pairs.dot(gradient, direction));
  }

  int evaluations() {
    return evaluations;
  }

  /** F(w + t d) and d/dt F(w + t d). */
  record Point(double t, double value, double slope) {
    boolean isFinite() {
      return Double.isFinite(value) && Double.isFinite(slope);
    }
  }
}
