package dev.triptych.cli;

/** What the process ends with; part of the outside contract. */
final class ExitStatus {
  /** Done. */
  static final int OK = 0;

  /** Anything unexpected. */
  static final int INTERNAL_ERROR = 1;

  /** Bad usage or bad input. */
  static final int BAD_INPUT = 2;

  /** A run diverged or stopped short, or a graph cannot reach consensus. */
  static final int STOPPED_SHORT = 3;

  private ExitStatus() {}
}
