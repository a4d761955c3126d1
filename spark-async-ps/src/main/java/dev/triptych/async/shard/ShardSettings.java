package dev.triptych.async.shard;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.StepSize;

/**
 * What a shard must know of a run.
 *
 * @param numWorkers N
 * @param length of the slice, at least 1
 * @param optimizer applied to the slice
 * @param stepSize α as a function of the epochs done
 * @param consistency when workers wait
 * @param numExamples n, for epochs = examples applied / n
 * @param budget examples after which the run is done
 * @param snapshotInterval first spacing of snapshots, in updates
 * @param snapshotLimit how many are kept
 */
public record ShardSettings(
    int numWorkers,
    int length,
    Optimizer optimizer,
    StepSize stepSize,
    Consistency consistency,
    long numExamples,
    long budget,
    long snapshotInterval,
    int snapshotLimit) {
  /** More workers than this are refused. */
  public static final int MAX_WORKERS = 1 << 16;

  public ShardSettings {
    require(numWorkers >= 1 && numWorkers <= MAX_WORKERS, "number of workers", numWorkers);
    require(length >= 1, "slice length", length);
    require(numExamples >= 1, "number of examples", numExamples);
    require(budget >= 1, "budget", budget);
    require(snapshotInterval >= 1, "snapshot interval", snapshotInterval);
    require(snapshotLimit >= 4, "snapshot limit", snapshotLimit);
  }

  private static void require(boolean condition, String what, long value) {
    if (!condition) {
      throw new IllegalArgumentException(what + " cannot be " + value);
    }
  }
}
