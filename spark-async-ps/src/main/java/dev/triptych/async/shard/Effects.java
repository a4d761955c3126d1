package dev.triptych.async.shard;

import dev.triptych.async.shard.Response.Reason;
import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one event leads to, in order, and the words of every refusal.
 *
 * @param <T> names the party that a reply goes to
 */
final class Effects<T> {
  private final List<Effect<T>> effects = new ArrayList<>();
  private final ShardCounters counters;

  Effects(ShardCounters counters) {
    this.counters = counters;
  }

  /** Another event begins. */
  void clear() {
    effects.clear();
  }

  /** Valid until {@link #clear}. */
  List<Effect<T>> list() {
    return effects;
  }

  void answer(T to, Response reply) {
    effects.add(new Effect.Answer<>(to, reply));
  }

  void weights(Progress progress, long version, DoubleBuffer values, PullRequest pull, T to) {
    answer(to, new Response.Weights(progress, version, values, pull.selection().format()));
  }

  void parked(PullRequest pull) {
    effects.add(new Effect.Parked<>(pull.worker(), pull.clock()));
  }

  /** An update, if {@code numGradients} is not 0. */
  void applied(long version, int numGradients) {
    if (numGradients > 0) {
      effects.add(new Effect.Applied<>(version, numGradients));
    }
  }

  void invalid(T to, String flaw) {
    reject(to, Reason.INVALID, flaw);
  }

  void outOfOrder(T to, String format, Object... words) {
    reject(to, Reason.OUT_OF_ORDER, format.formatted(words));
  }

  /** A newer attempt is there. */
  void fence(int worker, T to) {
    counters.numFenced++;
    reject(to, Reason.FENCED, "a newer attempt runs worker " + worker);
  }

  /** As {@link #fence}, if somebody waits. */
  void fenceWaiting(int worker, @Nullable T waiting) {
    if (waiting != null) {
      fence(worker, waiting);
    }
  }

  void fenceDead(int worker, T to) {
    counters.numFenced++;
    reject(to, Reason.FENCED, "worker " + worker + " was declared dead");
  }

  /** The same worker has asked again, if somebody waits. */
  void supersede(int worker, @Nullable T waiting) {
    if (waiting != null) {
      reject(waiting, Reason.SUPERSEDED, "worker " + worker + " asked again");
    }
  }

  /** The run is over, if somebody waits. */
  void closed(@Nullable T waiting) {
    if (waiting != null) {
      reject(waiting, Reason.UNKNOWN_RUN, "the run was closed");
    }
  }

  private void reject(T to, Reason reason, String message) {
    answer(to, new Response.Rejected(reason, message));
  }
}
