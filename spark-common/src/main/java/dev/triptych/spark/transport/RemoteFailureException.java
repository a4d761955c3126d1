package dev.triptych.spark.transport;

/** The peer received the request and answered with a failure. */
public final class RemoteFailureException extends TransportException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message as the peer gave it
   */
  public RemoteFailureException(Address peer, String message) {
    super(peer, message, null);
  }
}
