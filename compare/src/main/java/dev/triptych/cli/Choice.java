package dev.triptych.cli;

import dev.triptych.core.InvalidInputException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

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
            + nearest(value, names).map(name -> "; did you mean " + name + "?").orElse(";")
            + " Expected one of "
            + String.join(", ", names)
            + ".");
  }

  /** The name that differs least from {@code value}, if it is near enough to be meant. */
  static Optional<String> nearest(String value, List<String> names) {
    String lower = value.toLowerCase(Locale.ROOT);
    return names.stream()
        .min(Comparator.comparingInt(name -> editDistance(lower, name)))
        .filter(name -> editDistance(lower, name) <= Math.max(2, name.length() / 3));
  }

  private static int editDistance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitute = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(substitute, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
