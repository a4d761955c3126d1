package dev.triptych.gossip.mixing;

/** The product of a sequence's rounds from its start, W(k−1)⋯W(0). Not thread-safe. */
final class PeriodProduct implements Averaging {
  private final MixingSequence sequence;
  private final int numRounds;
  private final double[] between;

  PeriodProduct(MixingSequence sequence, int numRounds) {
    this.sequence = sequence;
    this.numRounds = numRounds;
    this.between = new double[sequence.numNodes()];
  }

  @Override
  public int numNodes() {
    return between.length;
  }

  @Override
  public void multiply(double[] x, double[] y) {
    System.arraycopy(x, 0, y, 0, x.length);
    for (int t = 0; t < numRounds; t++) {
      System.arraycopy(y, 0, between, 0, y.length);
      sequence.at(t).multiply(between, y);
    }
  }

  @Override
  public void multiplyTransposed(double[] x, double[] y) {
    System.arraycopy(x, 0, y, 0, x.length);
    for (int t = numRounds - 1; t >= 0; t--) {
      System.arraycopy(y, 0, between, 0, y.length);
      sequence.at(t).multiplyTransposed(between, y);
    }
  }

  @Override
  public boolean isSymmetric() {
    return numRounds == 1 && sequence.at(0).isSymmetric();
  }
}
