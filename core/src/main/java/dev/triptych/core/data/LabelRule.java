package dev.triptych.core.data;

import dev.triptych.core.loss.Loss.LabelKind;
import java.io.Serializable;
import java.util.Map;

/**
 * Turns the label a file says into the label a loss expects. A binary file says −1 and +1, or 0 and
 * 1 (0 becomes −1), never both 0 and −1; {@code map} renames other labels first, such as 1 → +1 and
 * 2 → −1.
 *
 * @param kind labels of the loss
 * @param map label in the file to label wanted; empty when the file says them as they are, else a
 *     label that is not in it is refused
 */
public record LabelRule(LabelKind kind, Map<Double, Double> map) implements Serializable {
  /** More classes than this are taken for a mistake: labels that are no classes. */
  public static final int MAX_CLASSES = 1 << 16;

  public LabelRule {
    map = Map.copyOf(map);
    for (double wanted : map.values()) {
      if (kind == LabelKind.BINARY && wanted != 1 && wanted != -1) {
        throw new IllegalArgumentException("a binary label is -1 or +1, got " + wanted);
      }
      if (kind == LabelKind.CLASS
          && !(wanted >= 0 && wanted < MAX_CLASSES && wanted == Math.rint(wanted))) {
        throw new IllegalArgumentException("a class is 0, 1, 2, ..., got " + wanted);
      }
    }
  }

  /** Labels as the files say them. */
  public static LabelRule of(LabelKind kind) {
    return new LabelRule(kind, Map.of());
  }

  /** The label, or NaN when it is not allowed. */
  double apply(double raw) {
    if (!map.isEmpty()) {
      return map.getOrDefault(raw + 0.0, Double.NaN);
    }
    return switch (kind) {
      case BINARY -> raw == 1 || raw == -1 ? raw : raw == 0 ? -1 : Double.NaN;
      case REAL -> Double.isFinite(raw) ? raw : Double.NaN;
      case COUNT -> raw >= 0 && Double.isFinite(raw) ? raw : Double.NaN;
      case CLASS -> raw >= 0 && raw < MAX_CLASSES && raw == Math.rint(raw) ? raw : Double.NaN;
    };
  }

  /** What to say when {@link #apply} refuses. */
  String expected() {
    if (!map.isEmpty()) {
      return "expected one of the labels "
          + map.keySet().stream().sorted().map(LabelRule::show).toList();
    }
    return switch (kind) {
      case BINARY -> "expected a label -1 or +1 (or 0 and 1)";
      case REAL -> "expected a finite label";
      case COUNT -> "expected a label of at least 0";
      case CLASS -> "expected a class 0, 1, 2, ... below " + MAX_CLASSES;
    };
  }

  private static String show(double label) {
    return label == Math.rint(label) ? Long.toString((long) label) : Double.toString(label);
  }
}
