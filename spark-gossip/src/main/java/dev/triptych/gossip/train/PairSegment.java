package dev.triptych.gossip.train;

import dev.triptych.core.model.Objective;
import dev.triptych.core.training.RunSettings;
import dev.triptych.gossip.pairing.PairOrder;
import dev.triptych.spark.control.RunAddress;
import dev.triptych.spark.transport.Address;
import java.io.Serializable;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/**
 * What the tasks need to know to do the nodes' steps (first, limit] of an asynchronous run, counted
 * over all nodes; shipped in task closures.
 *
 * @param control the driver's directory of this segment
 * @param budget where steps are claimed
 * @param epochsPerStep mean examples of one mini-batch / n
 * @param snapshotInterval steps of all nodes between snapshots, at first
 * @param maxSnapshots that a node keeps
 * @param states the nodes' states by node, or null to start as the model does
 * @param returnStates whether the nodes' states come back
 */
record PairSegment(
    RunAddress control,
    Address budget,
    Objective objective,
    RunSettings run,
    PairOrder order,
    long first,
    long limit,
    double epochsPerStep,
    long snapshotInterval,
    int maxSnapshots,
    @Nullable Broadcast<PairState[]> states,
    boolean returnStates)
    implements Serializable {}
