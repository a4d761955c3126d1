package dev.triptych.spark.transport;

import org.jspecify.annotations.Nullable;

/**
 * No connection could be made, or it ended before the response. In the latter case whether the peer
 * has acted on the request is not known. The next call connects anew.
 */
public final class ConnectionLostException extends TransportException {
  private static final long serialVersionUID = 1L;

  ConnectionLostException(Address peer, String message, @Nullable Throwable cause) {
    super(peer, message, cause);
  }
}
