package dev.triptych.core.data;

import java.util.SplittableRandom;

/**
 * Which local rows form a worker's step-th mini-batch: every epoch is a fresh permutation of the
 * rows, cut into batches of exactly {@code batchSize} (the last {@code numRows mod batchSize} rows
 * of that permutation wait for another epoch). The answer depends only on (seed, worker, step), so
 * a retried worker continues where it was, and every mode sees the same order.
 *
 * <p>Not thread-safe: keeps the current epoch's permutation.
 */
public final class BatchSampler {
  private final int numRows;
  private final int batchSize;
  private final long seed;
  private final int worker;
  private final int[] permutation;
  private final int batchesPerEpoch;
  private long permutationEpoch = -1;
  private long firstStep;

  /**
   * A {@code batchSize} of 0, or one above {@code numRows}, means the full local data in its own
   * order.
   */
  public BatchSampler(int numRows, int batchSize, long seed, int worker) {
    if (numRows < 1) {
      throw new IllegalArgumentException("worker " + worker + " has no examples");
    }
    this.numRows = numRows;
    this.batchSize = batchSize <= 0 ? numRows : Math.min(batchSize, numRows);
    this.seed = seed;
    this.worker = worker;
    this.batchesPerEpoch = numRows / this.batchSize;
    this.permutation = new int[numRows];
    for (int i = 0; i < numRows; i++) {
      permutation[i] = i;
    }
  }

  public int batchSize() {
    return batchSize;
  }

  /** Mini-batches in one epoch. */
  public int batchesPerEpoch() {
    return batchesPerEpoch;
  }

  /**
   * Position in {@link #rows()} where the step-th batch starts; it is {@link #batchSize()} long.
   *
   * @param step 0, 1, 2, …; the array stays valid until the next call
   */
  public int seek(long step) {
    if (batchSize == numRows) {
      return 0;
    }
    long inEpoch = step - firstStep;
    if (permutationEpoch < 0 || inEpoch < 0 || inEpoch >= batchesPerEpoch) {
      long epoch = step / batchesPerEpoch;
      shuffle(epoch);
      firstStep = epoch * batchesPerEpoch;
      inEpoch = step - firstStep;
    }
    return (int) inEpoch * batchSize;
  }

  /** The current permutation of local row numbers. */
  public int[] rows() {
    return permutation;
  }

  private void shuffle(long epoch) {
    SplittableRandom random =
        new SplittableRandom(seed * 0x9E3779B97F4A7C15L + worker * 0xC2B2AE3D27D4EB4FL + epoch);
    for (int i = 0; i < numRows; i++) {
      permutation[i] = i;
    }
    for (int i = numRows - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swap = permutation[i];
      permutation[i] = permutation[j];
      permutation[j] = swap;
    }
    permutationEpoch = epoch;
  }
}
