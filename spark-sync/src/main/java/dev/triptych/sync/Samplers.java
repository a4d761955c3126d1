package dev.triptych.sync;

import dev.triptych.core.data.BatchSampler;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps each worker's sampler, with its permutation of the rows, in the executor from one step to
 * the next. A sampler is taken out while it is used, so two attempts of one task never share one;
 * whoever finds none makes another. Thread-safe.
 */
final class Samplers {
  private static final int MAX_KEPT = 1024;
  private static final ConcurrentHashMap<Key, BatchSampler> KEPT = new ConcurrentHashMap<>();

  private Samplers() {}

  private record Key(long seed, int worker, int numRows, int batchSize) {}

  /** The sampler of a worker, to be given back with {@link #giveBack}. */
  static BatchSampler take(int numRows, int batchSize, long seed, int worker) {
    BatchSampler kept = KEPT.remove(new Key(seed, worker, numRows, batchSize));
    return kept != null ? kept : new BatchSampler(numRows, batchSize, seed, worker);
  }

  static void giveBack(BatchSampler sampler, int numRows, int batchSize, long seed, int worker) {
    if (KEPT.size() >= MAX_KEPT) {
      KEPT.clear();
    }
    KEPT.put(new Key(seed, worker, numRows, batchSize), sampler);
  }
}
