package dev.triptych.core.optimizer;

/** Sparse to dense, for optimizers whose state moves at every coordinate in every update. */
final class Scatter {
  private Scatter() {}

  static double[] toDense(int length, int[] indices, double[] values) {
    double[] dense = new double[length];
    for (int k = 0; k < indices.length; k++) {
      dense[indices[k]] = values[k];
    }
    return dense;
  }
}
