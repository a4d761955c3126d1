package dev.triptych.async.shard;

import java.nio.DoubleBuffer;

/**
 * One shard's slice at one moment of a run.
 *
 * @param version updates applied
 * @param nanos on the training clock
 * @param numExamples examples whose gradients are applied
 * @param bytes through this shard so far, both directions
 * @param maxStaleness of a gradient applied so far
 * @param weights of the slice
 */
public record SliceSnapshot(
    long version,
    long nanos,
    long numExamples,
    long bytes,
    long maxStaleness,
    DoubleBuffer weights) {}
