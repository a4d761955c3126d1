package dev.triptych.spark.transport;

import java.nio.ByteBuffer;

/** The answer owed to one request. Thread-safe; the first completion counts. */
public interface Reply {
  /**
   * Sends the bytes between position and limit. The buffer is handed over, not copied: its content
   * must not change any more.
   *
   * @throws IllegalStateException if the request was answered before
   * @throws IllegalArgumentException if the body is larger than {@link Endpoint#MAX_BODY_BYTES}
   */
  void success(ByteBuffer response);

  /**
   * Fails the call with a {@link RemoteFailureException} of this message.
   *
   * @throws IllegalStateException if the request was answered before
   */
  void failure(String message);

  /** Number of the connection the request came over; never reused by this endpoint. */
  long connection();
}
