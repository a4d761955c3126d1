package dev.triptych.async.client;

import dev.triptych.async.shard.Response;
import org.jspecify.annotations.Nullable;

/** A request to a parameter server came to nothing; the message says which, where and why. */
public final class ParameterServerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Response.@Nullable Reason reason;

  ParameterServerException(String message) {
    super(message);
    this.reason = null;
  }

  ParameterServerException(String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = null;
  }

  ParameterServerException(String message, Response.Reason reason) {
    super(message);
    this.reason = reason;
  }

  /** Why the server refused, or null if it was not the server who did. */
  public Response.@Nullable Reason reason() {
    return reason;
  }
}
