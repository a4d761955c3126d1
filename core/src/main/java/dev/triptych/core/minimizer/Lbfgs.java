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
 * @param firstStep t that a line search along steepest descent tries first; 0 for a step of length
 *     1
 */
public record Lbfgs(int memory, double firstStep) {
  /** For coordinates along each of which F's curvature is about 1: half of Newton's step. */
  public static final double SCALED_STEP = 0.5;

  private static final int LEAST_MEMORY = 10;
  private static final int MOST_MEMORY = 40;
  private static final long BYTES_FOR_PAIRS = 32L << 20;

  public Lbfgs {
    if (memory < 1) {
      throw new IllegalArgumentException("memory must be at least 1, got " + memory);
    }
  }

  /** Nothing is known of F's curvature. */
  public Lbfgs(int memory) {
    this(memory, 0);
  }

  /**
   * How many pairs to remember of w of this length: 40 where they take no more than 32 MB, fewer
   * where w is longer, but never fewer than MLlib's 10. Passes over the data fall by a third from
   * 10 to 40 pairs, while working with the pairs costs 8 m d operations an iteration.
   */
  public static int memoryFor(int length) {
    long fitting = BYTES_FOR_PAIRS / (2L * Double.BYTES * Math.max(1, length));
    return (int) Math.max(LEAST_MEMORY, Math.min(MOST_MEMORY, fitting));
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
        found =
            search(
                line,
                value,
                Pairs.dot(gradient, direction),
                steepest ? (firstStep > 0 ? firstStep : 1 / norm) : 1);
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
