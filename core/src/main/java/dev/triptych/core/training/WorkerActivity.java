package dev.triptych.core.training;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What one worker did in a run.
 *
 * @param worker 0-based
 * @param batches mini-batches whose gradient was used
 * @param computeSeconds in the gradient, straggler delays included
 * @param waitSeconds waiting for messages: server replies, neighbours, or the end of a synchronous
 *     step
 * @param staleness of its own applied gradients, where that was counted
 */
public record WorkerActivity(
    int worker,
    long batches,
    double computeSeconds,
    double waitSeconds,
    @Nullable StalenessHistogram staleness)
    implements Serializable {

  /** A worker whose gradients' staleness was not counted. */
  public WorkerActivity(int worker, long batches, double computeSeconds, double waitSeconds) {
    this(worker, batches, computeSeconds, waitSeconds, null);
  }
}
