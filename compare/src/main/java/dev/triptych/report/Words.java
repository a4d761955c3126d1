package dev.triptych.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;

/** Numbers and lists as an English sentence wants them. */
final class Words {
  private static final String[] BYTE_UNITS = {"bytes", "kB", "MB", "GB", "TB", "PB"};

  private Words() {}

  /** Such as {@code 850 ms}, {@code 1.23 s}, {@code 4.5 min}. */
  static String seconds(double seconds) {
    if (seconds >= 120) {
      return significant(seconds / 60, 3) + " min";
    }
    if (seconds > 0 && seconds < 1) {
      return significant(seconds * 1e3, 3) + " ms";
    }
    return significant(seconds, 3) + " s";
  }

  /** Such as {@code 12.3 MB}; units are powers of 1000. */
  static String bytes(double bytes) {
    int unit = 0;
    while (bytes >= 999.5 && unit < BYTE_UNITS.length - 1) {
      bytes /= 1000;
      unit++;
    }
    return significant(bytes, 3) + " " + BYTE_UNITS[unit];
  }

  /** Such as {@code 2.5 epochs}. */
  static String epochs(double epochs) {
    String number = significant(epochs, 3);
    return number + (number.equals("1") ? " epoch" : " epochs");
  }

  /** An objective, to five digits. */
  static String objective(double objective) {
    return significant(objective, 5);
  }

  /** A ratio, to two digits. */
  static String factor(double factor) {
    return factor >= 100 ? String.valueOf(Math.round(factor)) : significant(factor, 2);
  }

  /** Such as {@code 88.7 %}. */
  static String percent(double fraction) {
    return significant(fraction * 100, 3) + " %";
  }

  /** To so many significant digits, without trailing zeros; very small and large ones with e. */
  static String significant(double value, int digits) {
    double size = Math.abs(value);
    if (size != 0 && (size < 1e-3 || size >= 1e7)) {
      String text = String.format(Locale.ROOT, "%." + (digits - 1) + "e", value);
      int exponent = text.indexOf('e');
      String mantissa =
          new BigDecimal(text.substring(0, exponent)).stripTrailingZeros().toPlainString();
      return mantissa + "e" + Integer.parseInt(text.substring(exponent + 1));
    }
    return new BigDecimal(value)
        .round(new MathContext(digits))
        .stripTrailingZeros()
        .toPlainString();
  }

  /** {@code a}, {@code a and b}, {@code a, b and c}. */
  static String and(List<String> items) {
    int last = items.size() - 1;
    return last < 1
        ? String.join("", items)
        : String.join(", ", items.subList(0, last)) + " and " + items.get(last);
  }
}
