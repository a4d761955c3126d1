package dev.triptych.spark.transport;

/**
 * How a handler's failure travels: Spark sends a throwable as the text of its stack trace, so this
 * one prints as its bare message.
 */
final class HandlerFailure extends Exception {
  private static final long serialVersionUID = 1L;
  private static final String STACK_LINE = "\n\tat ";

  private final String text;

  HandlerFailure(String text) {
    super(text, null, false, false);
    this.text = text;
  }

  // What a stack trace starts with.
  @SuppressWarnings("OverrideThrowableToString")
  @Override
  public String toString() {
    return text;
  }

  /** The message in what arrived; of a stack trace (a failure inside Spark) the part above it. */
  static String read(String received) {
    int end = received.replace("\r\n", "\n").indexOf(STACK_LINE);
    return (end < 0 ? received : received.substring(0, end)).strip();
  }
}
