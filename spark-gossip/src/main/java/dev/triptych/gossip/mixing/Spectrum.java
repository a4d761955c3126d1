package dev.triptych.gossip.mixing;

import dev.ludovic.netlib.lapack.LAPACK;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.netlib.util.intW;

/**
 * Eigenvalues of averaging maps W with W1 = 1. Up to {@link #DENSE_LIMIT} nodes all of them are
 * computed. Above, the outermost ones beside the constant vector's eigenvalue 1 are approached from
 * inside: symmetric W by Lanczos, on (I − W)⁻¹ where {@link LaplacianSolver} can do that; normal W
 * (all circulants are) by the same on WᵀW; others by power iteration.
 */
final class Spectrum {
  /** Largest n for which all eigenvalues are computed. */
  static final int DENSE_LIMIT = 512;

  /** Largest n for which the complex eigenvalues of a W that is not normal are all computed. */
  static final int GENERAL_LIMIT = 192;

  /** Multiplications with W that an approximation may take. */
  private static final int MAX_PRODUCTS = 20_000;

  private static final double RELATIVE_TOLERANCE = 1e-12;

  /** Of (I − W)⁻¹, whose products lose some digits. */
  private static final double INVERSE_TOLERANCE = 1e-9;

  /** What rounding leaves where a Krylov space ends. */
  private static final double EXHAUSTED = 1e-12;

  /** How near the smallest eigenvalue of a large W is approached. */
  static final double SMALLEST_TOLERANCE = 1e-6;

  private Spectrum() {}

  /** Outermost eigenvalues beside the constant vector's. */
  record Ends(double smallest, double largest) {
    double modulus() {
      return Math.max(Math.abs(smallest), Math.abs(largest));
    }
  }

  /** The second largest modulus, counting the eigenvalue 1 once. */
  static double secondModulus(Averaging w) {
    int n = w.numNodes();
    double modulus;
    if (n == 1) {
      modulus = 0;
    } else if (w.isSymmetric()) {
      modulus = n <= DENSE_LIMIT ? denseEnds(w).modulus() : sparseModulus(w);
    } else if (isNormal(w)) {
      modulus = normalModulus(w);
    } else {
      modulus = n <= GENERAL_LIMIT ? general(w) : powerIteration(w);
    }
    return withoutRounding(modulus, n);
  }

  /** The smallest eigenvalue of a symmetric W of two nodes or more. */
  static double smallest(Averaging w) {
    return w.numNodes() <= DENSE_LIMIT
        ? denseEnds(w).smallest()
        : lanczos(w, Ends::smallest, SMALLEST_TOLERANCE).smallest();
  }

  private static Ends denseEnds(Averaging w) {
    double[] values = symmetricEigenvalues(dense(w, 0), w.numNodes());
    // The largest one is the constant vector's.
    return new Ends(values[0], values[values.length - 2]);
  }

  private static double sparseModulus(Averaging w) {
    LaplacianSolver inverse =
        w instanceof MixingMatrix mixing && mixing.isDoublyStochastic()
            ? LaplacianSolver.tryFor(mixing)
            : null;
    if (inverse == null) {
      return lanczos(w).modulus();
    }
    double gap = 1 / lanczos(inverse, Ends::largest, INVERSE_TOLERANCE).largest();
    // Gershgorin: no eigenvalue lies below 2 min w_ii − 1.
    double bound = 2 * ((MixingMatrix) w).smallestOwnWeight() - 1;
    return bound >= gap - 1 ? 1 - gap : Math.max(1 - gap, -smallest(w));
  }

  /** ρ of a normal W is ‖W − J‖₂: the root of WᵀW's second eigenvalue. */
  private static double normalModulus(Averaging w) {
    return w instanceof MixingMatrix mixing
            && mixing.numNodes() > DENSE_LIMIT
            && mixing.longestRow() <= 3
        ? Math.sqrt(sparseModulus(mixing.gram()))
        : consensusNorm(w);
  }

  /** ‖W − J‖₂, J = 11ᵀ/n: the largest factor by which W stretches a distance to the mean. */
  static double consensusNorm(Averaging w) {
    int n = w.numNodes();
    if (n == 1) {
      return 0;
    }
    if (n > DENSE_LIMIT) {
      return withoutRounding(Math.sqrt(Math.max(0, lanczos(new Gram(w)).largest())), n);
    }
    double[] a = dense(w, 1);
    double[] gram = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = 0;
        for (int k = 0; k < n; k++) {
          sum += a[i * n + k] * a[j * n + k];
        }
        gram[i * n + j] = gram[j * n + i] = sum;
      }
    }
    return withoutRounding(Math.sqrt(Math.max(0, symmetricEigenvalues(gram, n)[n - 1])), n);
  }

  /** Zero for what rounding leaves of a zero. */
  private static double withoutRounding(double modulus, int n) {
    return modulus < 1e-14 * n ? 0 : modulus;
  }

  private static double[] symmetricEigenvalues(double[] matrix, int n) {
    double[] values = new double[n];
    double[] work = new double[Math.max(1, 3 * n)];
    intW info = new intW(0);
    LAPACK.getInstance().dsyev("N", "U", n, matrix, n, values, work, work.length, info);
    check("dsyev", info);
    return values;
  }

  private static double general(Averaging w) {
    int n = w.numNodes();
    double[] re = new double[n];
    double[] im = new double[n];
    double[] none = new double[1];
    double[] work = new double[4 * n];
    intW info = new intW(0);
    LAPACK
        .getInstance()
        .dgeev("N", "N", n, dense(w, 1), n, re, im, none, 1, none, 1, work, work.length, info);
    check("dgeev", info);
    double largest = 0;
    for (int i = 0; i < n; i++) {
      largest = Math.max(largest, Math.hypot(re[i], im[i]));
    }
    return largest;
  }

  /** W − share · J, column-major. */
  private static double[] dense(Averaging w, double share) {
    int n = w.numNodes();
    double[] dense = new double[n * n];
    double[] unit = new double[n];
    double[] column = new double[n];
    for (int j = 0; j < n; j++) {
      unit[j] = 1;
      w.multiply(unit, column);
      unit[j] = 0;
      for (int i = 0; i < n; i++) {
        dense[j * n + i] = column[i] - share / n;
      }
    }
    return dense;
  }

  /** Whether WWᵀ = WᵀW, tried on one random vector: a false yes has probability zero. */
  private static boolean isNormal(Averaging w) {
    int n = w.numNodes();
    double[] x = start(n);
    double[] between = new double[n];
    double[] first = new double[n];
    double[] second = new double[n];
    w.multiply(x, between);
    w.multiplyTransposed(between, first);
    w.multiplyTransposed(x, between);
    w.multiply(between, second);
    double squares = 0;
    for (int i = 0; i < n; i++) {
      squares += (first[i] - second[i]) * (first[i] - second[i]);
    }
    return Math.sqrt(squares) < 1e-12;
  }

  /**
   * The outermost Ritz values of a growing Krylov space that is kept orthogonal to the constant
   * vector. Not reorthogonalised otherwise: that only repeats converged values.
   */
  static Ends lanczos(Averaging w) {
    return lanczos(w, Ends::modulus, RELATIVE_TOLERANCE);
  }

  private static Ends lanczos(Averaging w, ToDoubleFunction<Ends> wanted, double tolerance) {
    int n = w.numNodes();
    double[] previous = new double[n];
    double[] vector = start(n);
    double[] product = new double[n];
    double[] diagonal = new double[MAX_PRODUCTS];
    double[] offDiagonal = new double[MAX_PRODUCTS];
    Ends ends = new Ends(0, 0);
    double beta = 0;
    int nextCheck = 16;
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
      boolean exhausted = beta <= EXHAUSTED * Math.max(1, Math.abs(alpha));
      if (exhausted || k + 1 == nextCheck || k + 1 == MAX_PRODUCTS) {
        Ends latest = ritzEnds(diagonal, offDiagonal, k + 1);
        double value = wanted.applyAsDouble(latest);
        double change = Math.abs(value - wanted.applyAsDouble(ends));
        if (exhausted || change <= tolerance * Math.abs(value)) {
          return latest;
        }
        ends = latest;
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
    return ends;
  }

  private static Ends ritzEnds(double[] diagonal, double[] offDiagonal, int size) {
    double[] d = Arrays.copyOf(diagonal, size);
    double[] e = Arrays.copyOf(offDiagonal, size);
    intW info = new intW(0);
    LAPACK.getInstance().dsterf(size, d, e, info);
    check("dsterf", info);
    return new Ends(d[0], d[size - 1]);
  }

  /** The mean factor by which W − J stretches a vector over the second half of the iterations. */
  static double powerIteration(Averaging w) {
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
  static double[] start(int n) {
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

  static void removeMean(double[] vector) {
    double sum = 0;
    for (double v : vector) {
      sum += v;
    }
    double mean = sum / vector.length;
    for (int i = 0; i < vector.length; i++) {
      vector[i] -= mean;
    }
  }

  static double dot(double[] a, double[] b) {
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

  /** WᵀW. */
  private static final class Gram implements Averaging {
    private final Averaging w;
    private final double[] between;

    Gram(Averaging w) {
      this.w = w;
      this.between = new double[w.numNodes()];
    }

    @Override
    public int numNodes() {
      return w.numNodes();
    }

    @Override
    public void multiply(double[] x, double[] y) {
      w.multiply(x, between);
      removeMean(between);
      w.multiplyTransposed(between, y);
    }

    @Override
    public void multiplyTransposed(double[] x, double[] y) {
      multiply(x, y);
    }

    @Override
    public boolean isSymmetric() {
      return true;
    }
  }
}
