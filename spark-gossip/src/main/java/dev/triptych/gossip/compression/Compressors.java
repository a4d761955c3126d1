package dev.triptych.gossip.compression;

import dev.triptych.core.InvalidInputException;
import java.util.List;

/** The compressors by name. */
public final class Compressors {
  private static final double DEFAULT_FRACTION = 0.1;

  private Compressors() {}

  /** Names in the order of the documentation. */
  public static List<String> names() {
    return List.of("top-k", "random-k", "sign", "int8");
  }

  /**
   * The compressor called {@code text}, such as {@code top-k:0.01} or {@code sign}.
   *
   * @throws InvalidInputException if there is none, or its fraction is not between 0 and 1
   */
  public static Compressor byName(String text) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    boolean sparse = name.equals("top-k") || name.equals("random-k");
    if (!names().contains(name) || (colon >= 0 && !sparse)) {
      throw new InvalidInputException(
          "unknown compression '"
              + text
              + "': expected top-k[:FRACTION], random-k[:FRACTION], sign or int8");
    }
    if (!sparse) {
      return name.equals("sign") ? new SignOfMeanModulus() : new Int8();
    }
    double fraction = colon < 0 ? DEFAULT_FRACTION : fraction(text, text.substring(colon + 1));
    return name.equals("top-k") ? new TopK(fraction) : new RandomK(fraction);
  }

  private static double fraction(String text, String number) {
    double fraction;
    try {
      fraction = Double.parseDouble(number);
    } catch (NumberFormatException e) {
      fraction = Double.NaN;
    }
    if (!(fraction > 0 && fraction <= 1)) {
      throw new InvalidInputException(
          "compression '" + text + "': expected a fraction above 0 and at most 1, got " + number);
    }
    return fraction;
  }
}
