package dev.triptych.async.worker;

import dev.triptych.async.shard.Progress;
import dev.triptych.async.shard.Response;
import dev.triptych.async.shard.Response.Reason;
import dev.triptych.async.shard.WorkerRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an event at a worker led to. */
public sealed interface WorkerEffect {
  /**
   * Send this request to that shard.
   *
   * @param ticket comes back with the answer or the loss
   * @param again whether the shard was sent the same request before
   */
  record Send(int shard, long ticket, WorkerRequest request, boolean again)
      implements WorkerEffect {}

  /** Call {@link WorkerMachine#woken} at this time or later. */
  record WakeAt(long time) implements WorkerEffect {}

  /**
   * The hello is through.
   *
   * @param step to continue with: the smallest that some shard still lacks
   */
  record Resumed(long step) implements WorkerEffect {}

  /**
   * All weights are here.
   *
   * @param progress if not {@link Progress#RUNNING} the worker stops and the weights are of no use
   * @param answers by shard
   */
  record Pulled(Progress progress, List<Response.Weights> answers) implements WorkerEffect {}

  /** A push without a next pull is through everywhere. */
  record Pushed(Progress progress) implements WorkerEffect {}

  /**
   * The call came to nothing; the worker stops.
   *
   * @param reason the shard's, or null if the bound was over
   */
  record Failed(int shard, @Nullable Reason reason, String message) implements WorkerEffect {}
}
