package dev.triptych.spark.exchange;

import org.jspecify.annotations.Nullable;

/** An all-reduce could not be finished; the message names run, node and whom it waited for. */
public final class AllReduceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AllReduceException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
