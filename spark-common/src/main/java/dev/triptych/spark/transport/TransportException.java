package dev.triptych.spark.transport;

import org.jspecify.annotations.Nullable;

/** Why a call got no response. */
public abstract sealed class TransportException extends RuntimeException
    permits CallTimeoutException, ConnectionLostException, RemoteFailureException {
  private static final long serialVersionUID = 1L;

  private final Address peer;

  TransportException(Address peer, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.peer = peer;
  }

  /** Who was called. */
  public Address peer() {
    return peer;
  }
}
