package dev.triptych.simulation;

/**
 * A party on the {@link Network}. Called by one thread, one event at a time.
 *
 * @param <M> a message
 */
public interface Process<M> {
  /** A message came in. */
  void receive(int from, M message);

  /** The connection to a peer broke: what was under way in either direction is lost. */
  default void disconnected(int peer) {}
}
