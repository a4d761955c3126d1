package dev.triptych.core.optimizer;

/**
 * The step size when the user gives none, from the scale of the data. Measured on a9a, mushrooms,
 * phishing and covtype20k (see docs/decisions.md): not the best step size for a problem, but one
 * that works.
 */
public final class AutoStepSize {
  private AutoStepSize() {}

  /**
   * Gradient-like rules (sgd, momentum) get 1/L with L a bound on the mean curvature, momentum
   * times (1 − 0.9); sign-like rules (adagrad, adam, ftrl), whose step per coordinate does not
   * depend on the gradient's scale, get a multiple of the inverse of the mean ‖x‖₁, so that one
   * step changes a score by about the same on every data set.
   *
   * @param optimizer a name of {@link Optimizers}
   * @param curvature L, see {@link dev.triptych.core.model.Model#curvatureBound} at the mean
   *     squared norm, plus λ
   * @param meanSquaredNorm (1/n) Σ ‖x_i‖₂²
   * @param meanStored stored entries per example
   */
  public static double of(
      String optimizer, double curvature, double meanSquaredNorm, double meanStored) {
    double meanOneNorm = Math.max(1e-12, Math.sqrt(meanSquaredNorm * meanStored));
    return switch (optimizer) {
      case "momentum", "nesterov" -> 0.1 / curvature;
      case "adagrad", "ftrl" -> 4 / meanOneNorm;
      case "adam" -> 0.4 / meanOneNorm;
      default -> 1 / curvature;
    };
  }

  /**
   * The schedule that goes with it: AdaGrad and FTRL fall by themselves, the others as
   * 1/√(1+epochs).
   */
  public static StepSize.Schedule schedule(String optimizer) {
    return optimizer.equals("adagrad") || optimizer.equals("ftrl")
        ? StepSize.Schedule.CONSTANT
        : StepSize.Schedule.INVERSE_SQRT;
  }
}
