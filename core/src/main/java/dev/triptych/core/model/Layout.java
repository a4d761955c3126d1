package dev.triptych.core.model;

/** What holds for the layout of every model. */
final class Layout {
  private Layout() {}

  /**
   * @throws IllegalArgumentException if no array holds so many weights
   */
  static void requireArray(long numParameters) {
    if (numParameters > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "a model of " + numParameters + " weights is larger than an array can be");
    }
  }
}
