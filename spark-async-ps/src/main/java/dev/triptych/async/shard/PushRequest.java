package dev.triptych.async.shard;

import dev.triptych.async.store.Gradient;
import dev.triptych.async.store.Selection;
import org.jspecify.annotations.Nullable;

/**
 * A worker's gradient of one step, optionally with the pull of its next one.
 *
 * @param worker 0-based
 * @param attempt as in {@link HelloRequest}
 * @param sequence 0, 1, 2, … per worker
 * @param versionRead the shard's version that the gradient was computed from
 * @param numExamples in the mini-batch, at least 1
 * @param gradient of the shard's slice
 * @param next what to pull for step {@code sequence + 1}, or null for nothing
 */
public record PushRequest(
    int worker,
    long attempt,
    long sequence,
    long versionRead,
    int numExamples,
    Gradient gradient,
    @Nullable Selection next)
    implements WorkerRequest {
  /** The pull of the next step, or null if there is none. */
  @Nullable PullRequest nextPull() {
    return next == null ? null : new PullRequest(worker, attempt, sequence + 1, next);
  }

  /** The same push with another pull of the next step. */
  PushRequest asking(@Nullable Selection other) {
    return new PushRequest(worker, attempt, sequence, versionRead, numExamples, gradient, other);
  }
}
