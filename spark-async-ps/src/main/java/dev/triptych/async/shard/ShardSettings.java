package dev.triptych.async.shard;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.delay.DelayRule;
import dev.triptych.async.delay.DelayRules;
import dev.triptych.core.model.InitialWeights;
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
 * @param delayRule what becomes of gradients computed from old weights
 * @param initialWeights where the slice starts
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
    int snapshotLimit,
    DelayRule delayRule,
    InitialWeights initialWeights) {
  /** More workers than this are refused. */
  public static final int MAX_WORKERS = 1 << 16;

  /** Bound of the weights in all snapshots that a shard keeps. */
  public static final long MAX_SNAPSHOT_BYTES = 384L << 20;

  public ShardSettings {
    require(numWorkers >= 1 && numWorkers <= MAX_WORKERS, "number of workers", numWorkers);
    require(length >= 1, "slice length", length);
    require(numExamples >= 1, "number of examples", numExamples);
    require(budget >= 1, "budget", budget);
    require(snapshotInterval >= 1, "snapshot interval", snapshotInterval);
    require(snapshotLimit >= 4, "snapshot limit", snapshotLimit);
    if (initialWeights instanceof InitialWeights.Given given) {
      require(given.values().length == length, "number of given weights", given.values().length);
    }
  }

  /** Settings of a slice that starts at zero. */
  public ShardSettings(
      int numWorkers,
      int length,
      Optimizer optimizer,
      StepSize stepSize,
      Consistency consistency,
      long numExamples,
      long budget,
      long snapshotInterval,
      int snapshotLimit,
      DelayRule delayRule) {
    this(
        numWorkers,
        length,
        optimizer,
        stepSize,
        consistency,
        numExamples,
        budget,
        snapshotInterval,
        snapshotLimit,
        delayRule,
        InitialWeights.zero());
  }

  /** Settings without a delay rule. */
  public ShardSettings(
      int numWorkers,
      int length,
      Optimizer optimizer,
      StepSize stepSize,
      Consistency consistency,
      long numExamples,
      long budget,
      long snapshotInterval,
      int snapshotLimit) {
    this(
        numWorkers,
        length,
        optimizer,
        stepSize,
        consistency,
        numExamples,
        budget,
        snapshotInterval,
        snapshotLimit,
        DelayRules.none());
  }

  /** The same settings with another delay rule. */
  public ShardSettings withDelayRule(DelayRule other) {
    return new ShardSettings(
        numWorkers,
        length,
        optimizer,
        stepSize,
        consistency,
        numExamples,
        budget,
        snapshotInterval,
        snapshotLimit,
        other,
        initialWeights);
  }

  /** The same settings with another start. */
  public ShardSettings withInitialWeights(InitialWeights other) {
    return new ShardSettings(
        numWorkers,
        length,
        optimizer,
        stepSize,
        consistency,
        numExamples,
        budget,
        snapshotInterval,
        snapshotLimit,
        delayRule,
        other);
  }

  private static void require(boolean condition, String what, long value) {
    if (!condition) {
      throw new IllegalArgumentException(what + " cannot be " + value);
    }
  }
}
