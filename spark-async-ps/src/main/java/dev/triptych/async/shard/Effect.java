package dev.triptych.async.shard;

/**
 * What an event at a shard led to.
 *
 * @param <T> names the party that a reply goes to
 */
public sealed interface Effect<T> {
  /** Send the reply; at most one per token. */
  record Answer<T>(T to, Response response) implements Effect<T> {}

  /** The pull waits here and will be answered by a later event. */
  record Parked<T>(int worker, long clock) implements Effect<T> {}

  /** An update was applied; {@code version} counts it. */
  record Applied<T>(long version, int numGradients) implements Effect<T> {}
}
