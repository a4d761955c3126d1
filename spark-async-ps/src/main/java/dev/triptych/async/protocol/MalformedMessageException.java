package dev.triptych.async.protocol;

/** Bytes that are no message; the text says what was expected. */
public class MalformedMessageException extends Exception {
  private static final long serialVersionUID = 1L;

  public MalformedMessageException(String message) {
    super(message);
  }
}
