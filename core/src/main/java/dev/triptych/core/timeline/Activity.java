package dev.triptych.core.timeline;

import java.util.Locale;

/** What a worker does at a time. */
public enum Activity {
  /** Gradients and updates, straggler delays included. */
  COMPUTING,
  /** Pull, push, broadcast, exchange, aggregation. */
  COMMUNICATING,
  /** For other workers, for admission, for a task slot. */
  WAITING;

  static final int COUNT = values().length;

  /** In lower case, as {@code runs.json} has it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
