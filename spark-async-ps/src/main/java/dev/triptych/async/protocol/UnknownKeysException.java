package dev.triptych.async.protocol;

/** A well-formed message that names a set of keys by a hash that nobody has defined here. */
public final class UnknownKeysException extends MalformedMessageException {
  private static final long serialVersionUID = 1L;

  UnknownKeysException(long hash) {
    super("no keys are named %016x on this connection".formatted(hash));
  }
}
