package dev.triptych.core.state;

import java.io.IOException;

/** The bytes are no state that {@link StateWriter} has written, or not all of it. */
public final class DamagedStateException extends IOException {
  private static final long serialVersionUID = 1L;

  /** One line that says what was found. */
  public DamagedStateException(String message) {
    super(message);
  }
}
