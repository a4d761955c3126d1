package dev.triptych.async.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How many mini-batches each worker has done. Each count has one writer and a cache line of its
 * own, so that counting costs a worker nothing while nobody looks. Thread-safe: written with
 * release, read with acquire, so whoever sees a count sees what its worker wrote before it.
 */
public final class WorkerProgress {
  /** Two lines of 64 bytes, because processors fetch lines in pairs. */
  private static final int STRIDE = 128 / Long.BYTES;

  private static final VarHandle COUNTS = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] counts;
  private final int numWorkers;

  public WorkerProgress(int numWorkers) {
    this.numWorkers = numWorkers;
    // One stride before the first, so that none shares a line with the array's header.
    counts = new long[(numWorkers + 2) * STRIDE];
  }

  /** Of one worker. */
  public long stepsOf(int worker) {
    return (long) COUNTS.getAcquire(counts, (worker + 1) * STRIDE);
  }

  /** Sets a worker's count; only ever called by that worker. */
  public void setRelease(int worker, long steps) {
    COUNTS.setRelease(counts, (worker + 1) * STRIDE, steps);
  }

  /** Of the worker that has done the fewest. */
  public long least() {
    long least = Long.MAX_VALUE;
    for (int worker = 0; worker < numWorkers; worker++) {
      least = Math.min(least, stepsOf(worker));
    }
    return least;
  }

  /** Of all workers, one after the other while they may go on. */
  public long total() {
    long total = 0;
    for (int worker = 0; worker < numWorkers; worker++) {
      total += stepsOf(worker);
    }
    return total;
  }
}
