package dev.triptych.core.data;

import java.nio.charset.StandardCharsets;

/** Reads decimal numbers from bytes: exact, and without garbage for numbers of ordinary length. */
final class Decimals {
  private static final long MAX_EXACT = 1L << 53;
  private static final int MAX_DIGITS = 18;
  private static final double[] POWERS_OF_TEN = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };

  private Decimals() {}

  /**
   * The number written in {@code text[from..to)}: optional sign, digits with an optional point,
   * optional exponent. Correctly rounded: a quotient or product of two exact doubles where that is
   * enough (Clinger, How to read floating point numbers accurately, PLDI 1990), else {@link
   * Double#parseDouble}.
   *
   * @return NaN when the text is no such number, an infinity when it is too large for a double
   */
  static double parse(byte[] text, int from, int to) {
    int p = from;
    boolean negative = false;
    if (p < to && (text[p] == '-' || text[p] == '+')) {
      negative = text[p] == '-';
      p++;
    }
    long digits = 0;
    int significant = 0;
    int scale = 0;
    int seen = 0;
    boolean point = false;
    for (; p < to; p++) {
      byte c = text[p];
      if (c >= '0' && c <= '9') {
        seen++;
        if (significant < MAX_DIGITS) {
          digits = digits * 10 + (c - '0');
        }
        if (digits != 0) {
          significant++;
        }
        if (point) {
          scale--;
        }
      } else if (c == '.' && !point) {
        point = true;
      } else {
        break;
      }
    }
    if (seen == 0) {
      return Double.NaN;
    }
    int exponent = 0;
    if (p < to && (text[p] == 'e' || text[p] == 'E')) {
      p++;
      boolean negativeExponent = false;
      if (p < to && (text[p] == '-' || text[p] == '+')) {
        negativeExponent = text[p] == '-';
        p++;
      }
      int start = p;
      for (; p < to && text[p] >= '0' && text[p] <= '9'; p++) {
        exponent = Math.min(exponent * 10 + (text[p] - '0'), 1_000_000);
      }
      if (p == start) {
        return Double.NaN;
      }
      exponent = negativeExponent ? -exponent : exponent;
    }
    if (p != to) {
      return Double.NaN;
    }
    int power = scale + exponent;
    if (significant <= MAX_DIGITS && digits <= MAX_EXACT && Math.abs(power) <= 22) {
      double magnitude = power < 0 ? digits / POWERS_OF_TEN[-power] : digits * POWERS_OF_TEN[power];
      return negative ? -magnitude : magnitude;
    }
    return Double.parseDouble(new String(text, from, to - from, StandardCharsets.ISO_8859_1));
  }
}
