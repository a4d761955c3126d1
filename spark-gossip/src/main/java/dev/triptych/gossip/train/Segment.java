package dev.triptych.gossip.train;

import dev.triptych.core.model.Objective;
import dev.triptych.core.training.RunSettings;
import dev.triptych.gossip.algorithm.NodeState;
import dev.triptych.gossip.algorithm.RoundAlgorithm;
import dev.triptych.gossip.mixing.MixingSequence;
import dev.triptych.spark.control.RunAddress;
import java.io.Serializable;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/**
 * What the tasks need to know to run rounds [firstRound, endRound); shipped in task closures.
 *
 * @param control the driver's epoch control of this segment
 * @param epochsPerRound examples of one round / n
 * @param snapshotInterval rounds between snapshots, at first
 * @param maxSnapshots that a node keeps
 * @param states the nodes' states by node, or null to start as the model does
 * @param returnStates whether the nodes' states come back
 */
record Segment(
    RunAddress control,
    Objective objective,
    RunSettings run,
    MixingSequence mixing,
    RoundAlgorithm algorithm,
    long firstRound,
    long endRound,
    double epochsPerRound,
    long snapshotInterval,
    int maxSnapshots,
    @Nullable Broadcast<NodeState[]> states,
    boolean returnStates)
    implements Serializable {}
