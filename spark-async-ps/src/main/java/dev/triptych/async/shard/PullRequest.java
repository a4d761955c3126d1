package dev.triptych.async.shard;

import dev.triptych.async.store.Selection;

/**
 * A worker asks for the weights of its next step.
 *
 * @param worker 0-based
 * @param attempt as in {@link HelloRequest}
 * @param clock the step it wants to start, equal to the sequence of the push that will follow
 * @param selection positions in the shard's slice
 */
public record PullRequest(int worker, long attempt, long clock, Selection selection)
    implements WorkerRequest {}
