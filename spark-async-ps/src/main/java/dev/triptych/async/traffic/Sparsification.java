package dev.triptych.async.traffic;

import java.io.Serializable;

/**
 * Which values of a gradient are pushed at once; the others wait in the worker's residual and are
 * added to its next gradient.
 *
 * @param kind of rule
 * @param parameter R or X; 0 for none
 */
public record Sparsification(Kind kind, double parameter) implements Serializable {
  /** The rules. */
  public enum Kind {
    /** All. */
    NONE,
    /**
     * The share R of largest magnitude (Stich, Cordonnier and Jaggi, Sparsified SGD with Memory,
     * NeurIPS 2018).
     */
    TOP_K,
    /**
     * Those of magnitude X or more (Aji and Heafield, Sparse Communication for Distributed Gradient
     * Descent, EMNLP 2017).
     */
    THRESHOLD
  }

  public Sparsification {
    boolean valid =
        switch (kind) {
          case NONE -> parameter == 0;
          case TOP_K -> parameter > 0 && parameter <= 1;
          case THRESHOLD -> parameter > 0 && parameter < Double.POSITIVE_INFINITY;
        };
    if (!valid) {
      throw new IllegalArgumentException(
          "expected none, top-k:R with 0 < R ≤ 1 or threshold:X with X > 0, got "
              + kind
              + " with "
              + parameter);
    }
  }

  /** Everything is pushed. */
  public static Sparsification none() {
    return new Sparsification(Kind.NONE, 0);
  }

  /** The largest values, ⌈share × count⌉ of them. */
  public static Sparsification topK(double share) {
    return new Sparsification(Kind.TOP_K, share);
  }

  /** The values of at least this magnitude. */
  public static Sparsification threshold(double magnitude) {
    return new Sparsification(Kind.THRESHOLD, magnitude);
  }

  /**
   * From {@code none}, {@code top-k:R} or {@code threshold:X}.
   *
   * @throws IllegalArgumentException if the text is none of them
   */
  public static Sparsification parse(String text) {
    if (text.equals("none")) {
      return none();
    }
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    try {
      double parameter = Double.parseDouble(text.substring(colon + 1));
      if (colon > 0 && name.equals("top-k") && parameter > 0 && parameter <= 1) {
        return topK(parameter);
      } else if (colon > 0 && name.equals("threshold") && parameter > 0 && parameter < 1e300) {
        return threshold(parameter);
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException(
        "expected none, top-k:R with 0 < R <= 1 or threshold:X with X > 0, got \"" + text + "\"");
  }

  @Override
  public String toString() {
    return switch (kind) {
      case NONE -> "none";
      case TOP_K -> "top-k:" + parameter;
      case THRESHOLD -> "threshold:" + parameter;
    };
  }
}
