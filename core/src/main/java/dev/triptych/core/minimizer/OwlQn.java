package dev.triptych.core.minimizer;

import dev.triptych.core.minimizer.Minimum.Ending;
import dev.triptych.core.training.DivergenceRule;

/**
 * Orthant-wise limited-memory quasi-Newton for F(w) + Σ_j c_j |w_j| (Andrew, Gao, ICML 2007):
 * L-BFGS on the smooth part, directions and steps kept inside the orthant that the pseudo-gradient
 * chooses. Stateless between calls and thread-safe.
 *
 * @param memory pairs that are remembered, m ≥ 1
 */
public record OwlQn(int memory) {
  private static final double C1 = 1e-4;
  private static final int MAX_HALVINGS = 40;

  public OwlQn {
    if (memory < 1) {
      throw new IllegalArgumentException("memory must be at least 1, got " + memory);
    }
  }

  /**
   * Minimises F(w) + Σ c_j |w_j|.
   *
   * @param evaluation F, the smooth part
   * @param l1 c_j ≥ 0 by parameter; 0 for an intercept
   * @param start not changed
   */
  public Minimum minimise(
      Evaluation evaluation, double[] l1, double[] start, StopRule rule, Watcher watcher) {
    int length = start.length;
    double[] w = start.clone();
    double[] gradient = new double[length];
    double value = evaluation.at(w, gradient) + penalty(l1, w);
    int evaluations = 1;
    if (!Double.isFinite(value) || !DivergenceRule.isFinite(gradient)) {
      return new Minimum(w, value, 0, evaluations, Ending.NOT_FINITE);
    }
    Pairs pairs = new Pairs(memory);
    History history = new History(rule);
    double[] pseudo = new double[length];
    double[] direction = new double[length];
    double[] nextW = new double[length];
    double[] nextGradient = new double[length];
    for (int iteration = 0; ; iteration++) {
      if (!watcher.goOn(iteration, w, value)) {
        return new Minimum(w, value, iteration, evaluations, Ending.STOPPED);
      }
      pseudoGradient(l1, w, gradient, pseudo);
      double norm = Math.sqrt(Pairs.dot(pseudo, pseudo));
      Ending ending = history.ending(iteration, value, norm);
      if (ending != null) {
        return new Minimum(w, value, iteration, evaluations, ending);
      }
      double nextValue = Double.NaN;
      boolean found = false;
      // If the remembered pairs mislead, steepest descent gets a chance.
      for (int attempt = 0; !found && attempt < 2; attempt++) {
        boolean steepest = pairs.isEmpty();
        pairs.direction(pseudo, direction);
        for (int j = 0; j < length; j++) {
          if (l1[j] > 0 && direction[j] * pseudo[j] >= 0) {
            direction[j] = 0;
          }
        }
        double t = steepest ? 1 / norm : 1;
        for (int halving = 0; halving < MAX_HALVINGS && !found; halving++) {
          double decrease = project(l1, w, pseudo, direction, t, nextW);
          nextValue = evaluation.at(nextW, nextGradient) + penalty(l1, nextW);
          evaluations++;
          found = decrease < 0 && nextValue <= value + C1 * decrease;
          t /= 2;
        }
        if (steepest) {
          break;
        }
        if (!found) {
          pairs.clear();
        }
      }
      if (!found) {
        return new Minimum(w, value, iteration, evaluations, Ending.NO_LOWER_VALUE);
      }
      pairs.add(w, nextW, gradient, nextGradient);
      value = nextValue;
      double[] swap = w;
      w = nextW;
      nextW = swap;
      swap = gradient;
      gradient = nextGradient;
      nextGradient = swap;
    }
  }

  /**
   * The largest violation of the optimality conditions, max_j |pseudo-gradient_j|: ∂F/∂w_j + c_j
   * sign(w_j) where w_j ≠ 0, else the part of ∂F/∂w_j beyond ±c_j.
   */
  public static double violation(double[] l1, double[] weights, double[] gradient) {
    double[] pseudo = new double[weights.length];
    pseudoGradient(l1, weights, gradient, pseudo);
    double largest = 0;
    for (double each : pseudo) {
      largest = Math.max(largest, Math.abs(each));
    }
    return largest;
  }

  private static void pseudoGradient(double[] l1, double[] w, double[] gradient, double[] pseudo) {
    for (int j = 0; j < w.length; j++) {
      double g = gradient[j];
      double c = l1[j];
      if (w[j] > 0 || (w[j] == 0 && g < -c)) {
        pseudo[j] = g + c;
      } else if (w[j] < 0 || g > c) {
        pseudo[j] = g - c;
      } else {
        pseudo[j] = 0;
      }
    }
  }

  /** nextW ← w + t d, zero where it would leave the orthant; returns pseudo · (nextW − w). */
  private static double project(
      double[] l1, double[] w, double[] pseudo, double[] direction, double t, double[] nextW) {
    double decrease = 0;
    for (int j = 0; j < w.length; j++) {
      double orthant = w[j] != 0 ? w[j] : -pseudo[j];
      double moved = w[j] + t * direction[j];
      nextW[j] = l1[j] == 0 || moved * orthant > 0 ? moved : 0;
      decrease += pseudo[j] * (nextW[j] - w[j]);
    }
    return decrease;
  }

  private static double penalty(double[] l1, double[] w) {
    double sum = 0;
    for (int j = 0; j < w.length; j++) {
      sum += l1[j] * Math.abs(w[j]);
    }
    return sum;
  }
}
