package dev.triptych.async.delay;

/** Old gradients count like new ones. */
public record NoDelayRule() implements DelayRule {
  @Override
  public String toString() {
    return "none";
  }
}
