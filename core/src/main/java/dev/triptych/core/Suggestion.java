package dev.triptych.core;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** "Did you mean …?" for names that users mistype. */
public final class Suggestion {
  private Suggestion() {}

  /** {@code "; did you mean NAME?"} for the nearest name, or nothing when none is near. */
  public static String of(String value, Collection<String> names) {
    return nearest(value, names).map(name -> "; did you mean " + name + "?").orElse("");
  }

  /** The name with the smallest edit distance to {@code value}, if it is near enough. */
  public static Optional<String> nearest(String value, Collection<String> names) {
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
