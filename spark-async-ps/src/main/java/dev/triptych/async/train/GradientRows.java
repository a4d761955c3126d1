package dev.triptych.async.train;

import dev.triptych.core.data.BatchSampler;

/**
 * Which examples each gradient of a worker is computed from: H mini-batches in a row, all at the
 * same weights (gradient accumulation; see {@link dev.triptych.async.traffic.Traffic#pushEvery}).
 * Their mean is the mean over all their examples. Not thread-safe.
 */
final class GradientRows {
  private final BatchSampler sampler;
  private final int numBatches;
  private final int[] rows;

  /**
   * @param numBatches H ≥ 1
   */
  GradientRows(BatchSampler sampler, int numBatches) {
    this.sampler = sampler;
    this.numBatches = numBatches;
    rows = new int[numBatches == 1 ? 0 : Math.multiplyExact(numBatches, sampler.batchSize())];
  }

  /** Position in {@link #rows} where the examples of gradient {@code step} start. */
  int seek(long step) {
    if (numBatches == 1) {
      return sampler.seek(step);
    }
    int batch = sampler.batchSize();
    for (int h = 0; h < numBatches; h++) {
      int from = sampler.seek(step * numBatches + h);
      System.arraycopy(sampler.rows(), from, rows, h * batch, batch);
    }
    return 0;
  }

  /** Valid until the next {@link #seek}. */
  int[] rows() {
    return numBatches == 1 ? sampler.rows() : rows;
  }

  /** Examples behind every gradient. */
  int count() {
    return numBatches == 1 ? sampler.batchSize() : rows.length;
  }

  /** H. */
  int numBatches() {
    return numBatches;
  }
}
