package dev.triptych.core.data;

import dev.triptych.core.loss.Loss.LabelKind;

/**
 * Applies a {@link LabelRule} to the labels of one file and remembers whether it says 0 or −1,
 * which must not both occur. Not thread-safe.
 */
public final class LabelReader {
  private final LabelRule rule;
  private final boolean mixingMatters;
  private boolean sawZero;
  private boolean sawMinusOne;

  public LabelReader(LabelRule rule) {
    this.rule = rule;
    this.mixingMatters = rule.kind() == LabelKind.BINARY && rule.map().isEmpty();
  }

  /** The label, or NaN when it is refused; {@link #expected} then says why. */
  public double read(double raw) {
    if (mixingMatters && (raw == 0 || raw == -1)) {
      sawZero |= raw == 0;
      sawMinusOne |= raw == -1;
      if (sawZero && sawMinusOne) {
        return Double.NaN;
      }
    }
    return rule.apply(raw);
  }

  /** What to say when a label is refused. */
  public String expected() {
    return sawZero && sawMinusOne
        ? "expected labels 0 and 1 only or -1 and +1 only in one file"
        : rule.expected();
  }

  /** Whether a binary label 0 occurred. */
  public boolean sawZero() {
    return sawZero;
  }

  /** Whether a binary label −1 occurred. */
  public boolean sawMinusOne() {
    return sawMinusOne;
  }
}
