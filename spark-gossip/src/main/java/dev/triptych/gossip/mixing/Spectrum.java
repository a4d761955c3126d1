package dev.triptych.gossip.mixing;

import dev.ludovic.netlib.lapack.LAPACK;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.netlib.util.intW;

/**
 * The second largest modulus of a mixing matrix's eigenvalues. Up to {@link #DENSE_LIMIT} nodes all
 * eigenvalues of W − J are computed (J = 11ᵀ/n takes the constant vector's eigenvalue 1 to 0);
 * above, the largest modulus of W − J is approached from below: symmetric W by Lanczos, others by
 * power iteration.
 */
final class Spectrum {
  /** Largest n for which all eigenvalues are computed. */
  static final int DENSE_LIMIT = 1024;

  /** Multiplications with W that an approximation may take. */
  private static final int MAX_PRODUCTS = 20_000;

  private static final double RELATIVE_TOLERANCE = 1e-12;

  private Spectrum() {}

  static double secondModulus(MixingMatrix w) {
    double modulus;
    if (w.numNodes() == 1) {
      modulus = 0;
    } else if (w.numNodes() > DENSE_LIMIT) {
      modulus = w.isSymmetric() ? lanczos(w) : powerIteration(w);
    } else {
      modulus = w.isSymmetric() ? symmetric(w) : general(w);
    }
    // What rounding leaves of a zero.
    return modulus < 1e-14 * w.numNodes() ? 0 : modulus;
  }

  private static double symmetric(MixingMatrix w) {
    int n = w.numNodes();
    double[] values = new double[n];
    double[] work = new double[Math.max(1, 3 * n)];
    intW info = new intW(0);
    LAPACK.getInstance().dsyev("N", "U", n, deflated(w), n, values, work, work.length, info);
    check("dsyev", info);
    return Math.max(Math.abs(values[0]), Math.abs(values[n - 1]));
  }

  private static double general(MixingMatrix w) {
    int n = w.numNodes();
    double[] re = new double[n];
    double[] im = new double[n];
    double[] none = new double[1];
    double[] work = new double[4 * n];
    intW info = new intW(0);
    LAPACK
        .getInstance()
        .dgeev("N", "N", n, deflated(w), n, re, im, none, 1, none, 1, work, work.length, info);
    check("dgeev", info);
    double largest = 0;
    for (int i = 0; i < n; i++) {
      largest = Math.max(largest, Math.hypot(re[i], im[i]));
    }
    return largest;
  }

  /** W − J, column-major. */
  private static double[] deflated(MixingMatrix w) {
    int n = w.numNodes();
    double[] dense = new double[n * n];
    Arrays.fill(dense, -1.0 / n);
    for (int i = 0; i < n; i++) {
      int[] sources = w.sources(i);
      double[] weights = w.weights(i);
      for (int k = 0; k < sources.length; k++) {
        dense[sources[k] * n + i] += weights[k];
      }
    }
    return dense;
  }

  /**
   * The largest Ritz value of a growing Krylov space that is kept orthogonal to the constant
   * vector. Not reorthogonalised otherwise: that only repeats converged values.
   */
  static double lanczos(MixingMatrix w) {
    int n = w.numNodes();
    double[] previous = new double[n];
    double[] vector = start(n);
    double[] product = new double[n];
    double[] diagonal = new double[MAX_PRODUCTS];
    double[] offDiagonal = new double[MAX_PRODUCTS];
    double largest = 0;
    double beta = 0;
    int nextCheck = 64;
    for (int k = 0; k < MAX_PRODUCTS; k++) {
      w.multiply(vector, product);
      removeMean(product);
      double alpha = dot(vector, product);
      for (int i = 0; i < n; i++) {
        product[i] -= alpha * vector[i] + beta * previous[i];
      }
      diagonal[k] = alpha;
      beta = Math.sqrt(dot(product, product));
      offDiagonal[k] = beta;
      boolean exhausted = beta < 1e-14;
      if (exhausted || k + 1 == nextCheck || k + 1 == MAX_PRODUCTS) {
        double latest = largestRitzValue(diagonal, offDiagonal, k + 1);
        if (exhausted || Math.abs(latest - largest) <= RELATIVE_TOLERANCE * latest) {
          return latest;
        }
        largest = latest;
        nextCheck *= 2;
      }
      double[] recycled = previous;
      previous = vector;
      vector = product;
      product = recycled;
      for (int i = 0; i < n; i++) {
        vector[i] /= beta;
      }
    }
    return largest;
  }

  private static double largestRitzValue(double[] diagonal, double[] offDiagonal, int size) {
    double[] d = Arrays.copyOf(diagonal, size);
    double[] e = Arrays.copyOf(offDiagonal, size);
    intW info = new intW(0);
    LAPACK.getInstance().dsterf(size, d, e, info);
    check("dsterf", info);
    return Math.max(Math.abs(d[0]), Math.abs(d[size - 1]));
  }

  /** The mean factor by which W − J stretches a vector over the second half of the iterations. */
  static double powerIteration(MixingMatrix w) {
    int n = w.numNodes();
    double[] vector = start(n);
    double[] product = new double[n];
    double largest = 0;
    int done = 0;
    for (int batch = 64; done + batch <= MAX_PRODUCTS; batch *= 2) {
      double logGrowth = 0;
      for (int k = 0; k < batch; k++) {
        w.multiply(vector, product);
        removeMean(product);
        double norm = Math.sqrt(dot(product, product));
        if (norm == 0) {
          return 0;
        }
        logGrowth += Math.log(norm);
        for (int i = 0; i < n; i++) {
          vector[i] = product[i] / norm;
        }
      }
      done += batch;
      double latest = Math.exp(logGrowth / batch);
      if (Math.abs(latest - largest) <= RELATIVE_TOLERANCE * latest) {
        return latest;
      }
      largest = latest;
    }
    return largest;
  }

  /** A fixed random unit vector orthogonal to the constant one. */
  private static double[] start(int n) {
    SplittableRandom random = new SplittableRandom(n);
    double[] vector = new double[n];
    for (int i = 0; i < n; i++) {
      vector[i] = random.nextDouble() - 0.5;
    }
    removeMean(vector);
    double norm = Math.sqrt(dot(vector, vector));
    for (int i = 0; i < n; i++) {
      vector[i] /= norm;
    }
    return vector;
  }

  private static void removeMean(double[] vector) {
    double sum = 0;
    for (double v : vector) {
      sum += v;
    }
    double mean = sum / vector.length;
    for (int i = 0; i < vector.length; i++) {
      vector[i] -= mean;
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void check(String routine, intW info) {
    if (info.val != 0) {
      throw new ArithmeticException("LAPACK " + routine + " failed with info " + info.val);
    }
  }
}
