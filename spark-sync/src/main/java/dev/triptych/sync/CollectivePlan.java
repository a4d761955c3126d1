package dev.triptych.sync;

import dev.triptych.core.model.InitialWeights;
import dev.triptych.spark.control.RunAddress;
import java.io.Serializable;

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
    boolean weightsWanted)
    implements Serializable {}
