package dev.triptych.async.shard;

/**
 * A {@link SliceSnapshot} without its weights.
 *
 * @param version updates applied
 * @param nanos on the training clock
 * @param numExamples examples whose gradients are applied
 * @param bytes through this shard so far, both directions
 * @param maxStaleness of a gradient applied so far
 * @param squaredNorm Σ w_j² over the penalised parameters of the slice
 * @param absoluteNorm Σ |w_j| over the same
 */
public record SnapshotSummary(
    long version,
    long nanos,
    long numExamples,
    long bytes,
    long maxStaleness,
    double squaredNorm,
    double absoluteNorm) {}
