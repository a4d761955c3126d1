package dev.triptych.core.training;

import java.io.Serializable;

/**
 * What one worker did in a run.
 *
 * @param worker 0-based
 * @param batches mini-batches whose gradient was used
 * @param computeSeconds in the gradient, straggler delays included
 * @param waitSeconds waiting for messages: server replies, neighbours, or the end of a synchronous
 *     step
 */
public record WorkerActivity(int worker, long batches, double computeSeconds, double waitSeconds)
    implements Serializable {}
