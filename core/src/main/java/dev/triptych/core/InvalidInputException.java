package dev.triptych.core;

/**
 * The user gave something that cannot be used: a file, an option, a label. The message is one
 * complete line that names file, line and field where there are any, and says what was expected;
 * the command line prints it and exits with status 2.
 */
public final class InvalidInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InvalidInputException(String message) {
    super(message);
  }

  public InvalidInputException(String message, Throwable cause) {
    super(message, cause);
  }
}
