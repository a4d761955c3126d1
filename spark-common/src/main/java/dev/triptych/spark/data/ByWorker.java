package dev.triptych.spark.data;

import org.apache.spark.Partitioner;
import org.jspecify.annotations.Nullable;

/** Partition w for worker w. */
final class ByWorker extends Partitioner {
  private static final long serialVersionUID = 1L;
  private final int numWorkers;

  ByWorker(int numWorkers) {
    this.numWorkers = numWorkers;
  }

  @Override
  public int numPartitions() {
    return numWorkers;
  }

  @Override
  public int getPartition(Object worker) {
    return (Integer) worker;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ByWorker that && that.numWorkers == numWorkers;
  }

  @Override
  public int hashCode() {
    return numWorkers;
  }
}
