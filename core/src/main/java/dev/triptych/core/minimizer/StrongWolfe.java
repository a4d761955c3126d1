package dev.triptych.core.minimizer;

import dev.triptych.core.minimizer.Line.Point;
import org.jspecify.annotations.Nullable;

/**
 * Line search for the strong Wolfe conditions F(t) ≤ F(0) + c₁ t F′(0) and |F′(t)| ≤ −c₂ F′(0), c₁
 * = 1e-4, c₂ = .9 (Nocedal, Wright, algorithms 3.5 and 3.6, with cubic interpolation). Near the
 * minimum, where F's differences drown in rounding, the slopes alone decide (Hager, Zhang 2005,
 * approximate Wolfe conditions), so that the gradient can be brought to its last digits.
 */
final class StrongWolfe {
  private static final double C1 = 1e-4;
  private static final double C2 = 0.9;
  private static final double ROUNDING = 1e-14;
  private static final double LONGEST_GROWTH = 4;
  private static final double MARGIN = 0.1;
  private static final int MAX_EVALUATIONS = 30;

  private final Line line;
  private final Point start;

  private StrongWolfe(Line line, Point start) {
    this.line = line;
    this.start = start;
  }

  /**
   * A point that meets the conditions; the line then stands there. Null if none is found in 30
   * evaluations.
   *
   * @param start t = 0, with a negative slope
   * @param first step to try first
   */
  static @Nullable Point search(Line line, Point start, double first) {
    return new StrongWolfe(line, start).search(first);
  }

  private @Nullable Point search(double first) {
    Point before = start;
    double t = first;
    while (line.evaluations() < MAX_EVALUATIONS) {
      Point here = line.at(t);
      if (!here.isFinite()) {
        t = before.t() + MARGIN * (t - before.t());
        continue;
      }
      if (isGood(here)) {
        return here;
      }
      if (isTooHigh(here) || (before != start && here.value() >= before.value())) {
        return zoom(before, here);
      }
      if (here.slope() >= 0) {
        return zoom(here, before);
      }
      double guess = minimumOfCubic(before, here);
      double shortest = here.t() + (here.t() - before.t());
      double longest = here.t() + LONGEST_GROWTH * (here.t() - before.t());
      t = guess > here.t() ? Math.min(Math.max(guess, shortest), longest) : longest;
      before = here;
    }
    return null;
  }

  /** Between a low end, which is below F(0)'s line and slopes towards the other, and that one. */
  private @Nullable Point zoom(Point low, Point high) {
    while (line.evaluations() < MAX_EVALUATIONS && low.t() != high.t()) {
      double width = high.t() - low.t();
      double guess = minimumOfCubic(low, high);
      double part = (guess - low.t()) / width;
      if (!(part >= MARGIN)) {
        part = MARGIN;
      } else if (part > 1 - MARGIN) {
        part = 0.5;
      }
      Point here = line.at(low.t() + part * width);
      if (isGood(here)) {
        return here;
      }
      if (!here.isFinite() || isTooHigh(here) || here.value() >= low.value()) {
        high = here;
      } else {
        if (here.slope() * width >= 0) {
          high = low;
        }
        low = here;
      }
    }
    return null;
  }

  private boolean isTooHigh(Point here) {
    return here.value() > start.value() + C1 * here.t() * start.slope();
  }

  private boolean isGood(Point here) {
    if (!here.isFinite() || Math.abs(here.slope()) > -C2 * start.slope()) {
      return false;
    }
    boolean roundingDecides =
        Math.abs(here.value() - start.value()) <= ROUNDING * Math.abs(start.value());
    return roundingDecides ? here.slope() <= (2 * C1 - 1) * start.slope() : !isTooHigh(here);
  }

  /** The minimiser of the cubic through values and slopes of two points; NaN if it has none. */
  private static double minimumOfCubic(Point a, Point b) {
    double width = b.t() - a.t();
    double d1 = a.slope() + b.slope() - 3 * (a.value() - b.value()) / (a.t() - b.t());
    double radicand = d1 * d1 - a.slope() * b.slope();
    if (!(radicand >= 0)) {
      return Double.NaN;
    }
    double d2 = Math.signum(width) * Math.sqrt(radicand);
    return b.t() - width * ((b.slope() + d2 - d1) / (b.slope() - a.slope() + 2 * d2));
  }
}
