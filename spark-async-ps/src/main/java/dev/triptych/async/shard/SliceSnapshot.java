package dev.triptych.async.shard;

import java.nio.DoubleBuffer;
import java.nio.IntBuffer;

/**
 * One shard's slice at one moment of a run.
 *
 * @param version updates applied
 * @param nanos on the training clock
 * @param numExamples examples whose gradients are applied
 * @param bytes through this shard so far, both directions
 * @param maxStaleness of a gradient applied so far
 * @param weights of the slice
 */
public record SliceSnapshot(
    long version,
    long nanos,
    long numExamples,
    long bytes,
    long maxStaleness,
    DoubleBuffer weights) {

  /**
   * Without the weights.
   *
   * @param numPenalised this many first positions count in the squared norm
   */
  public SnapshotSummary summary(int numPenalised) {
    double squaredNorm = 0;
    for (int k = 0; k < numPenalised; k++) {
      double w = weights.get(k);
      squaredNorm += w * w;
    }
    return new SnapshotSummary(version, nanos, numExamples, bytes, maxStaleness, squaredNorm);
  }

  /** The weights at some positions, in their order. */
  public DoubleBuffer select(IntBuffer positions) {
    double[] selected = new double[positions.remaining()];
    for (int k = 0; k < selected.length; k++) {
      selected[k] = weights.get(positions.get(positions.position() + k));
    }
    return DoubleBuffer.wrap(selected);
  }
}
