package dev.triptych.core.minimizer;

import dev.triptych.core.minimizer.Line.Point;
import dev.triptych.core.minimizer.Minimum.Ending;
import dev.triptych.core.training.DivergenceRule;
import org.jspecify.annotations.Nullable;

/**
 * Limited-memory BFGS (Liu, Nocedal 1989) with a strong Wolfe line search; nearly always one pass
 * over the data an iteration. F must be smooth. Stateless between calls and thread-safe.
 *
 * @param memory pairs that are remembered, m ≥ 1; 10 in MLlib
 */
public record Lbfgs(int memory) {
  /** MLlib's memory. */
  public static final int USUAL_MEMORY = 10;

  public Lbfgs {
    if (memory < 1) {
      throw new IllegalArgumentException("memory must be at least 1, got " + memory);
    }
  }

  /**
   * Minimises F.
   *
   * @param start not changed
   */
  public Minimum minimise(Evaluation evaluation, double[] start, StopRule rule, Watcher watcher) {
    double[] w = start.clone();
    double[] gradient = new double[w.length];
    double value = evaluation.at(w, gradient);
    int evaluations = 1;
    if (!Double.isFinite(value) || !DivergenceRule.isFinite(gradient)) {
      return new Minimum(w, value, 0, evaluations, Ending.NOT_FINITE);
    }
    Pairs pairs = new Pairs(memory);
    History history = new History(rule);
    double[] direction = new double[w.length];
    double[] nextW = new double[w.length];
    double[] nextGradient = new double[w.length];
    for (int iteration = 0; ; iteration++) {
      if (!watcher.goOn(iteration, w, value)) {
        return new Minimum(w, value, iteration, evaluations, Ending.STOPPED);
      }
      double norm = Math.sqrt(Pairs.dot(gradient, gradient));
      Ending ending = history.ending(iteration, value, norm);
      if (ending != null) {
        return new Minimum(w, value, iteration, evaluations, ending);
      }
      Point found = null;
      // If the remembered pairs mislead, steepest descent gets a chance.
      for (int attempt = 0; found == null && attempt < 2; attempt++) {
        boolean steepest = pairs.isEmpty();
        pairs.direction(gradient, direction);
        Line line = new Line(evaluation, w, direction, nextW, nextGradient);
        found = search(line, value, Pairs.dot(gradient, direction), steepest ? 1 / norm : 1);
        evaluations += line.evaluations();
        if (found == null) {
          if (steepest) {
            break;
          }
          pairs.clear();
        }
      }
      if (found == null) {
        return new Minimum(w, value, iteration, evaluations, Ending.NO_LOWER_VALUE);
      }
      pairs.add(w, nextW, gradient, nextGradient);
      value = found.value();
      double[] swap = w;
      w = nextW;
      nextW = swap;
      swap = gradient;
      gradient = nextGradient;
      nextGradient = swap;
    }
  }

  private static @Nullable Point search(Line line, double value, double slope, double first) {
    return slope < 0 ? StrongWolfe.search(line, new Point(0, value, slope), first) : null;
  }
}
