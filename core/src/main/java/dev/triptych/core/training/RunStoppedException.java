package dev.triptych.core.training;

/**
 * A run stopped short of what was asked, for a reason that its cluster or its data gave and no code
 * did, such as a partitioned network; the message says which.
 */
public final class RunStoppedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  public RunStoppedException(String message) {
    super(message);
  }
}
