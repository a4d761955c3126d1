package dev.triptych.sync;

import dev.triptych.core.model.InitialWeights;
import dev.triptych.core.training.RunSettings;
import dev.triptych.spark.control.RunAddress;
import dev.triptych.spark.transport.Address;
import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What every task of a run without the driver knows.
 *
 * @param control where the tasks find each other
 * @param aggregation {@code reduce-scatter} or {@code all-reduce}
 * @param start where training starts
 * @param numTasks S
 * @param numRows n
 * @param snapshotInterval steps from one evaluation to the next
 * @param weightsWanted whether the first task returns the final weights
 * @param minimisation what runs instead of plain steps, if anything
 * @param tolerance of its stop rule
 * @param maxIterations of its stop rule
 * @param desk where mini-batches are announced, if there are backup workers
 */
record CollectivePlan(
    RunAddress control,
    Aggregation aggregation,
    MiniBatches batches,
    InitialWeights start,
    int numTasks,
    long numRows,
    double epochsPerStep,
    long totalSteps,
    long snapshotInterval,
    boolean weightsWanted,
    @Nullable Address desk,
    @Nullable Minimisation minimisation,
    double tolerance,
    int maxIterations)
    implements Serializable {

  /** The bound of a step: of a wait, and what stragglers are asked to take. */
  Duration maxStepWait() {
    return maxStepWait(batches.run());
  }

  static Duration maxStepWait(RunSettings run) {
    long delay = 0;
    for (int worker = 0; worker < run.numWorkers(); worker++) {
      delay = Math.max(delay, run.stragglers().totalNanos(worker, 0, 0));
    }
    return run.maxWait().plusNanos(delay);
  }
}
