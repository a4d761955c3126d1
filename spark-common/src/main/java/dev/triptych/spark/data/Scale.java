package dev.triptych.spark.data;

import dev.triptych.core.InvalidInputException;

/**
 * How features are scaled, by the statistics of the training set.
 *
 * @param kind which way
 * @param factor what every value is multiplied by; 1 unless kind is FACTOR
 */
public record Scale(Kind kind, double factor) {
  /** As it is. */
  public static final Scale NONE = new Scale(Kind.NONE, 1);

  /** Every feature to [0, 1]. */
  public static final Scale MINMAX = new Scale(Kind.MINMAX, 1);

  /** Every feature to standard deviation 1, not centred, so that sparse data stays sparse. */
  public static final Scale STANDARD = new Scale(Kind.STANDARD, 1);

  /** The ways. */
  public enum Kind {
    NONE,
    MINMAX,
    STANDARD,
    FACTOR
  }

  public Scale {
    if (factor == 0 || !Double.isFinite(factor)) {
      throw new IllegalArgumentException("factor must be finite and not zero, got " + factor);
    }
  }

  /** Every value times {@code factor}, such as 1/255 for pixels. */
  public static Scale times(double factor) {
    return new Scale(Kind.FACTOR, factor);
  }

  /**
   * {@code none}, {@code minmax}, {@code standard}, a number such as {@code 0.5}, or a fraction
   * such as {@code 1/255}.
   *
   * @throws InvalidInputException otherwise
   */
  public static Scale parse(String text) {
    switch (text) {
      case "none":
        return NONE;
      case "minmax":
        return MINMAX;
      case "standard":
        return STANDARD;
      default:
        try {
          int slash = text.indexOf('/');
          double factor =
              slash < 0
                  ? Double.parseDouble(text)
                  : Double.parseDouble(text.substring(0, slash))
                      / Double.parseDouble(text.substring(slash + 1));
          if (factor != 0 && Double.isFinite(factor)) {
            return times(factor);
          }
        } catch (NumberFormatException e) {
          // Told below, with the same words as for a number out of range.
        }
        throw new InvalidInputException(
            "--scale: expected none, minmax, standard or a factor such as 1/255, got \""
                + text
                + "\"");
    }
  }
}
