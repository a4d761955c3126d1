package dev.triptych.cli;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.Suggestion;
import java.util.List;

/** Option values that are one of a list, with a suggestion when they are not. */
final class Choice {
  private Choice() {}

  /**
   * The value if it is among {@code names}.
   *
   * @throws InvalidInputException with the nearest name and all names
   */
  static String of(String option, String value, List<String> names) {
    if (names.contains(value)) {
      return value;
    }
    throw new InvalidInputException(
        option
            + ": unknown value \""
            + value
            + "\""
            + Suggestion.of(value, names)
            + " Expected one of "
            + String.join(", ", names)
            + ".");
  }
}
