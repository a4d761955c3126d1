package dev.triptych.async.client;

import dev.triptych.async.shard.Progress;

/**
 * What a pull brought; the weights themselves are in the caller's array.
 *
 * @param progress if not {@link Progress#RUNNING} the worker stops and there are no new weights
 * @param versions read, by shard; to be handed to the push that follows
 */
@SuppressWarnings("ArrayRecordComponent")
public record Pulled(Progress progress, long[] versions) {}
