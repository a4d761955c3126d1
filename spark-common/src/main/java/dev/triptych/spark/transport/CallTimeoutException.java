package dev.triptych.spark.transport;

/** The peer did not answer in time. Whether it has acted on the request is not known. */
public final class CallTimeoutException extends TransportException {
  private static final long serialVersionUID = 1L;

  CallTimeoutException(Address peer, String message) {
    super(peer, message, null);
  }
}
