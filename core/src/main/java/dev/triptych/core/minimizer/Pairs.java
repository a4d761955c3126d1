package dev.triptych.core.minimizer;

import dev.ludovic.netlib.blas.BLAS;

/**
 * The last m pairs s = w₊ − w, y = g₊ − g, and the inverse Hessian they stand for (Nocedal, Wright,
 * Numerical Optimization, 2nd ed., algorithm 7.4).
 */
final class Pairs {
  /** Pairs with less curvature than this say nothing but rounding. */
  private static final double LEAST_CURVATURE = 1e-10;

  private final double[][] s;
  private final double[][] y;
  private final double[] rho;
  private int size;
  private int next;

  Pairs(int memory) {
    s = new double[memory][];
    y = new double[memory][];
    rho = new double[memory];
  }

  boolean isEmpty() {
    return size == 0;
  }

  void clear() {
    size = 0;
  }

  /** Remembers a step, unless F does not curve upwards along it. */
  void add(double[] before, double[] after, double[] gradientBefore, double[] gradientAfter) {
    int length = before.length;
    if (s[next] == null) {
      s[next] = new double[length];
      y[next] = new double[length];
    }
    double[] step = s[next];
    double[] change = y[next];
    double sy = 0;
    double yy = 0;
    for (int j = 0; j < length; j++) {
      step[j] = after[j] - before[j];
      change[j] = gradientAfter[j] - gradientBefore[j];
      sy += step[j] * change[j];
      yy += change[j] * change[j];
    }
    if (sy > LEAST_CURVATURE * yy && sy > 0) {
      rho[next] = 1 / sy;
      next = (next + 1) % s.length;
      size = Math.min(size + 1, s.length);
    }
  }

  /** direction ← −H · gradient. */
  void direction(double[] gradient, double[] direction) {
    for (int j = 0; j < direction.length; j++) {
      direction[j] = -gradient[j];
    }
    double[] alpha = new double[size];
    for (int k = 0; k < size; k++) {
      int at = Math.floorMod(next - 1 - k, s.length);
      alpha[k] = rho[at] * dot(s[at], direction);
      add(-alpha[k], y[at], direction);
    }
    if (size > 0) {
      int newest = Math.floorMod(next - 1, s.length);
      double scale = 1 / (rho[newest] * dot(y[newest], y[newest]));
      for (int j = 0; j < direction.length; j++) {
        direction[j] *= scale;
      }
    }
    for (int k = size - 1; k >= 0; k--) {
      int at = Math.floorMod(next - 1 - k, s.length);
      add(alpha[k] - rho[at] * dot(y[at], direction), s[at], direction);
    }
  }

  static double dot(double[] a, double[] b) {
    return BLAS.getInstance().ddot(a.length, a, 1, b, 1);
  }

  private static void add(double factor, double[] addend, double[] target) {
    for (int j = 0; j < target.length; j++) {
      target[j] += factor * addend[j];
    }
  }
}
