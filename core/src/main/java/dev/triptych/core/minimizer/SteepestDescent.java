package dev.triptych.core.minimizer;

import dev.triptych.core.minimizer.Minimum.Ending;
import dev.triptych.core.training.DivergenceRule;

/**
 * Gradient descent with a backtracking line search: w ← w − t ∂F, t halved until F falls by at
 * least 1e-4 t ‖∂F‖² (Armijo; Nocedal, Wright, algorithm 3.1), the first trial of an iteration
 * being twice the step accepted before. Needs no step size. F must be smooth. Stateless and
 * thread-safe.
 */
public final class SteepestDescent {
  private static final double C1 = 1e-4;
  private static final int MAX_HALVINGS = 60;

  private SteepestDescent() {}

  /**
   * Minimises F.
   *
   * @param start not changed
   */
  public static Minimum minimise(
      Evaluation evaluation, double[] start, StopRule rule, Watcher watcher) {
    double[] w = start.clone();
    double[] gradient = new double[w.length];
    double value = evaluation.at(w, gradient);
    int evaluations = 1;
    if (!Double.isFinite(value) || !DivergenceRule.isFinite(gradient)) {
      return new Minimum(w, value, 0, evaluations, Ending.NOT_FINITE);
    }
    History history = new History(rule);
    double[] nextW = new double[w.length];
    double[] nextGradient = new double[w.length];
    double t = 0;
    for (int iteration = 0; ; iteration++) {
      if (!watcher.goOn(iteration, w, value)) {
        return new Minimum(w, value, iteration, evaluations, Ending.STOPPED);
      }
      double squaredNorm = Pairs.dot(gradient, gradient);
      Ending ending = history.ending(iteration, value, Math.sqrt(squaredNorm));
      if (ending != null) {
        return new Minimum(w, value, iteration, evaluations, ending);
      }
      t = iteration == 0 ? 1 / Math.sqrt(squaredNorm) : 2 * t;
      double nextValue = Double.NaN;
      boolean found = false;
      for (int halving = 0; halving < MAX_HALVINGS && !found; halving++) {
        for (int j = 0; j < w.length; j++) {
          nextW[j] = w[j] - t * gradient[j];
        }
        nextValue = evaluation.at(nextW, nextGradient);
        evaluations++;
        found = nextValue <= value - C1 * t * squaredNorm;
        if (!found) {
          t /= 2;
        }
      }
      if (!found) {
        return new Minimum(w, value, iteration, evaluations, Ending.NO_LOWER_VALUE);
      }
      value = nextValue;
      double[] swap = w;
      w = nextW;
      nextW = swap;
      swap = gradient;
      gradient = nextGradient;
      nextGradient = swap;
    }
  }
}
