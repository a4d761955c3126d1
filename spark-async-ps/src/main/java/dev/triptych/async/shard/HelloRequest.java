package dev.triptych.async.shard;

/**
 * An attempt at running a worker introduces itself; older attempts are fenced from now on.
 *
 * @param worker 0-based
 * @param attempt grows with every new attempt at the same worker
 */
public record HelloRequest(int worker, long attempt) implements WorkerRequest {}
