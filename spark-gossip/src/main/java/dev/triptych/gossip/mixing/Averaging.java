package dev.triptych.gossip.mixing;

/** A linear map on the nodes' values: one round, or several. */
interface Averaging {
  /** n. */
  int numNodes();

  /** y ← Wx. */
  void multiply(double[] x, double[] y);

  /** y ← Wᵀx. */
  void multiplyTransposed(double[] x, double[] y);

  /** Whether W = Wᵀ. */
  boolean isSymmetric();
}
