package dev.triptych.cli;

import dev.triptych.core.InvalidInputException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 5ms}, {@code 2.5s}, {@code 3min}. */
final class Durations {
  private static final Pattern FORM = Pattern.compile("(\\d+(?:\\.\\d+)?)(us|ms|s|min)");

  private Durations() {}

  static Duration parse(String option, String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new InvalidInputException(
          option + ": expected a duration such as 5ms, 2s or 1min, got \"" + text + "\"");
    }
    double unitNanos =
        switch (matcher.group(2)) {
          case "us" -> 1e3;
          case "ms" -> 1e6;
          case "s" -> 1e9;
          default -> 60e9;
        };
    return Duration.ofNanos(Math.round(Double.parseDouble(matcher.group(1)) * unitNanos));
  }
}
