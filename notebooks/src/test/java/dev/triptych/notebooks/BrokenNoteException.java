package dev.triptych.notebooks;

import org.jspecify.annotations.Nullable;

/** A note that does not do what it should: which note, which paragraph, and what is wrong. */
final class BrokenNoteException extends RuntimeException {
  private static final long serialVersionUID = 1;

  BrokenNoteException(String where, String what) {
    this(where, what, null);
  }

  BrokenNoteException(String where, String what, @Nullable Throwable cause) {
    super(where + ": " + what, cause);
  }
}
