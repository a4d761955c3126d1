package dev.triptych.report;

import org.jspecify.annotations.Nullable;

/** What every field of {@code runs.json} must hold; the message names the field. */
final class Check {
  private Check() {}

  static void that(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  /** JSON has no NaN and no infinity: such a value must be absent instead. */
  static void finite(String field, @Nullable Double value) {
    that(
        value == null || Double.isFinite(value),
        field + ": expected a finite number, got " + value);
  }
}
