package dev.triptych.core.training;

import org.jspecify.annotations.Nullable;

/**
 * One evaluated snapshot. Fields as in {@link Snapshot}.
 *
 * @param objective F(w) on the whole training set
 * @param testMetric accuracy (classification) or RMSE (regression) on the test set, if there is one
 */
public record TracePoint(
    double seconds,
    double epochs,
    long updates,
    double objective,
    @Nullable Double testMetric,
    long bytes,
    @Nullable Double consensusDistance,
    @Nullable Integer maxStaleness) {}
