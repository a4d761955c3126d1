package dev.triptych.spark.data;

import java.io.Serializable;

/**
 * Cuts positions 0..n−1 into N contiguous slices whose sizes differ by at most one, the longer ones
 * first.
 *
 * @param numRows n ≥ N
 * @param numWorkers N
 */
record Slices(long numRows, int numWorkers) implements Serializable {
  /** First position of a worker. */
  long start(int worker) {
    return worker * (numRows / numWorkers) + Math.min(worker, numRows % numWorkers);
  }

  /** Positions of a worker. */
  long size(int worker) {
    return numRows / numWorkers + (worker < numRows % numWorkers ? 1 : 0);
  }

  /** Whose slice holds a position. */
  int workerOf(long position) {
    long shorter = numRows / numWorkers;
    long longer = numRows % numWorkers;
    long boundary = longer * (shorter + 1);
    return (int)
        (position < boundary ? position / (shorter + 1) : longer + (position - boundary) / shorter);
  }
}
