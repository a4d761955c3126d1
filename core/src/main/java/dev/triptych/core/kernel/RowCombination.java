package dev.triptych.core.kernel;

import org.jspecify.annotations.Nullable;

/**
 * Linear combinations of a matrix's rows, Σ_k x_k M[i_k, ·], which are the product of a sparse row
 * with a matrix. Stateless and thread-safe.
 */
public interface RowCombination {
  /**
   * The columns of M that are worth working through at once: that part of a result stays in the
   * processor's registers while the rows go by. A caller with many results and a large M goes
   * through M panel by panel, and within a panel through the results.
   */
  int PANEL = 32;

  /**
   * {@code into[at + p] += Σ_k x[k] · matrix[base + indices[k]·stride + p]} for k from {@code from}
   * to {@code to} and p from 0 to {@code width}.
   *
   * @param x one number per index; {@code null} means ones
   * @param into not {@code matrix}
   * @throws IndexOutOfBoundsException if a place lies outside of its array
   */
  void add(
      int[] indices,
      double @Nullable [] x,
      int from,
      int to,
      double[] matrix,
      int base,
      int stride,
      double[] into,
      int at,
      int width);

  /**
   * The fastest that this JVM has: with vector instructions where it was started with {@code
   * --add-modules jdk.incubator.vector}, else plain loops. Sums may differ in their last digits.
   */
  static RowCombination fastest() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
        ? Vectorised.INSTANCE
        : PlainRowCombination.INSTANCE;
  }

  /** Loaded only where the module is. */
  final class Vectorised {
    private static final RowCombination INSTANCE = new VectorRowCombination();

    private Vectorised() {}
  }
}
