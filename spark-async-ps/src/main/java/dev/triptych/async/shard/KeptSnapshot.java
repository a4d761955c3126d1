package dev.triptych.async.shard;

import dev.triptych.async.store.PagedVector;
import java.nio.DoubleBuffer;
import java.nio.IntBuffer;

/** A {@link SliceSnapshot} that shares its pages with the live weights as long as they agree. */
record KeptSnapshot(
    long version,
    long nanos,
    long numExamples,
    long bytes,
    long maxStaleness,
    PagedVector weights) {
  /** The same with weights that stay as they are when the live ones change. */
  KeptSnapshot apart() {
    return new KeptSnapshot(version, nanos, numExamples, bytes, maxStaleness, weights.snapshot());
  }

  /** With all weights in one array; a copy. */
  SliceSnapshot slice() {
    return new SliceSnapshot(
        version, nanos, numExamples, bytes, maxStaleness, DoubleBuffer.wrap(weights.toArray()));
  }

  /** Without the weights; the first {@code numPenalised} positions count in the norms. */
  SnapshotSummary summary(int numPenalised) {
    double squaredNorm = 0;
    double absoluteNorm = 0;
    for (int k = 0; k < numPenalised; k++) {
      double w = weights.get(k);
      squaredNorm += w * w;
      absoluteNorm += Math.abs(w);
    }
    return new SnapshotSummary(
        version, nanos, numExamples, bytes, maxStaleness, squaredNorm, absoluteNorm);
  }

  /** The weights at some positions, in their order. */
  DoubleBuffer select(IntBuffer positions) {
    double[] selected = new double[positions.remaining()];
    for (int k = 0; k < selected.length; k++) {
      selected[k] = weights.get(positions.get(positions.position() + k));
    }
    return DoubleBuffer.wrap(selected);
  }
}
