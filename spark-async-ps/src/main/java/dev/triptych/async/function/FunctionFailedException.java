package dev.triptych.async.function;

/** A server function was not there or did not work; the message is one line that says why. */
public final class FunctionFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  FunctionFailedException(String message) {
    super(message);
  }

  FunctionFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
