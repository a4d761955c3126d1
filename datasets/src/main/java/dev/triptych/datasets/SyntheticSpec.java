package dev.triptych.datasets;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.Suggestion;
import dev.triptych.core.data.ExampleGenerator;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A generated data set, written {@code synthetic:KIND,key=value,…}:
 *
 * <ul>
 *   <li>{@code clicklog}: sparse implicit ones, 0/1 clicks at a rate of about a quarter; keys rows,
 *       test, features, nonzeros, seed
 *   <li>{@code gaussian}: dense, correlated features with a given condition number; real labels
 *       with noise, or ±1 with {@code classes=2}; keys rows, test, features, condition, noise,
 *       classes, seed
 *   <li>{@code heterogeneous}: dense, ±1 labels, each label from clusters of its own, so that
 *       workers who get different labels see different worlds; keys rows, test, features, groups,
 *       shift, seed
 *   <li>{@code interactions}: sparse ones, a feature of each group, labels (±1, or real with {@code
 *       classes=1}) that depend on pairs of features only; keys rows, test, features, groups,
 *       noise, classes, seed
 * </ul>
 *
 * @param kind which
 * @param rows n
 * @param testRows rows of the test set, which are the rows n, n+1, …
 * @param features d
 * @param nonzeros stored features per row (clicklog)
 * @param condition largest over smallest variance (gaussian)
 * @param noise standard deviation of the noise of real labels (gaussian, interactions)
 * @param binary labels −1 and +1, else real
 * @param groups number of clusters (heterogeneous) or of fields (interactions)
 * @param shift distance of a cluster's centre from the origin (heterogeneous)
 * @param seed of everything
 */
public record SyntheticSpec(
    Kind kind,
    long rows,
    long testRows,
    int features,
    int nonzeros,
    double condition,
    double noise,
    boolean binary,
    int groups,
    double shift,
    long seed)
    implements Serializable {
  /** What a spec starts with. */
  public static final String PREFIX = "synthetic:";

  private static final long MAX_ROWS = 1L << 40;

  /** Kinds of generated data and the keys they know. */
  public enum Kind {
    CLICKLOG("clicklog", List.of("rows", "test", "features", "nonzeros", "seed")),
    GAUSSIAN(
        "gaussian", List.of("rows", "test", "features", "condition", "noise", "classes", "seed")),
    HETEROGENEOUS("heterogeneous", List.of("rows", "test", "features", "groups", "shift", "seed")),
    INTERACTIONS(
        "interactions", List.of("rows", "test", "features", "groups", "noise", "classes", "seed"));

    private final String specName;
    private final List<String> keys;

    Kind(String specName, List<String> keys) {
      this.specName = specName;
      this.keys = keys;
    }

    public String specName() {
      return specName;
    }

    public List<String> keys() {
      return keys;
    }
  }

  /**
   * Reads {@code synthetic:KIND,key=value,…}; what is not said has a default.
   *
   * @throws InvalidInputException naming the key, with the nearest one that exists
   */
  public static SyntheticSpec parse(String text) {
    if (!text.startsWith(PREFIX)) {
      throw new InvalidInputException("expected synthetic:KIND,key=value,…, got \"" + text + "\"");
    }
    String[] parts = text.substring(PREFIX.length()).split(",", -1);
    Kind kind = kind(parts[0]);
    Map<String, String> values = new HashMap<>();
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      String key = equals < 0 ? parts[i] : parts[i].substring(0, equals);
      if (!kind.keys.contains(key)) {
        throw new InvalidInputException(
            PREFIX
                + kind.specName
                + ": unknown key \""
                + key
                + "\""
                + Suggestion.of(key, kind.keys)
                + " (known: "
                + String.join(", ", kind.keys)
                + ")");
      }
      if (equals < 0) {
        throw new InvalidInputException(
            PREFIX + kind.specName + ": expected " + key + "=VALUE, got \"" + key + "\"");
      }
      if (values.put(key, parts[i].substring(equals + 1)) != null) {
        throw new InvalidInputException(PREFIX + kind.specName + ": " + key + " is given twice");
      }
    }
    Reader reader = new Reader(kind, values);
    boolean clicks = kind == Kind.CLICKLOG;
    long rows = reader.whole("rows", clicks ? 20_000 : 10_000, 1, MAX_ROWS);
    int features = (int) reader.whole("features", clicks ? 10_000 : 50, 1, Integer.MAX_VALUE - 8);
    boolean interactions = kind == Kind.INTERACTIONS;
    long classes = reader.whole("classes", interactions ? 2 : 1, 1, 2);
    return new SyntheticSpec(
        kind,
        rows,
        reader.whole("test", Math.max(1, rows / 4), 0, MAX_ROWS),
        features,
        (int) reader.whole("nonzeros", Math.min(20, features), 1, features),
        reader.real("condition", 10, 1, 1e12),
        reader.real("noise", 0.1, 0, 1e6),
        classes == 2 || kind == Kind.CLICKLOG || kind == Kind.HETEROGENEOUS,
        (int) reader.whole("groups", 4, 2, interactions ? features : 1_000_000),
        reader.real("shift", 2, 0, 1e6),
        reader.whole("seed", 1, Long.MIN_VALUE, Long.MAX_VALUE));
  }

  /** The data: rows 0 to {@link #rows} − 1 for training, the next {@link #testRows} for testing. */
  public ExampleGenerator generator() {
    return switch (kind) {
      case CLICKLOG -> new ClickLog(features, nonzeros, seed);
      case GAUSSIAN -> new Gaussian(features, condition, noise, binary, seed);
      case HETEROGENEOUS -> new Heterogeneous(features, groups, shift, seed);
      case INTERACTIONS -> new Interactions(features, groups, noise, binary, seed);
    };
  }

  /** The spec in full, as {@link #parse} reads it. */
  public String text() {
    List<String> parts = new ArrayList<>();
    for (String key : kind.keys) {
      parts.add(
          key
              + "="
              + switch (key) {
                case "rows" -> String.valueOf(rows);
                case "test" -> String.valueOf(testRows);
                case "features" -> String.valueOf(features);
                case "nonzeros" -> String.valueOf(nonzeros);
                case "condition" -> String.valueOf(condition);
                case "noise" -> String.valueOf(noise);
                case "classes" -> binary ? "2" : "1";
                case "groups" -> String.valueOf(groups);
                case "shift" -> String.valueOf(shift);
                case "seed" -> String.valueOf(seed);
                default -> throw new IllegalStateException(key);
              });
    }
    return PREFIX + kind.specName + "," + String.join(",", parts);
  }

  private static Kind kind(String name) {
    List<String> names = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      if (kind.specName.equals(name)) {
        return kind;
      }
      names.add(kind.specName);
    }
    throw new InvalidInputException(
        PREFIX
            + name
            + ": unknown kind \""
            + name
            + "\""
            + Suggestion.of(name, names)
            + " (known: "
            + String.join(", ", names)
            + ")");
  }

  private record Reader(Kind kind, Map<String, String> values) {
    long whole(String key, long ifAbsent, long min, long max) {
      String text = values.get(key);
      if (text == null) {
        return ifAbsent;
      }
      try {
        long value = Long.parseLong(text);
        if (value >= min && value <= max) {
          return value;
        }
      } catch (NumberFormatException e) {
        // Told below, with the same words as for a number out of range.
      }
      throw refuse(key, "a whole number", min, max, text);
    }

    double real(String key, double ifAbsent, double min, double max) {
      String text = values.get(key);
      if (text == null) {
        return ifAbsent;
      }
      try {
        double value = Double.parseDouble(text);
        if (value >= min && value <= max) {
          return value;
        }
      } catch (NumberFormatException e) {
        // Told below, with the same words as for a number out of range.
      }
      throw refuse(key, "a number", min, max, text);
    }

    private InvalidInputException refuse(
        String key, String what, Number min, Number max, String got) {
      return new InvalidInputException(
          PREFIX
              + kind.specName
              + ": "
              + key
              + ": expected "
              + what
              + " from "
              + min
              + " to "
              + max
              + ", got \""
              + got
              + "\"");
    }
  }
}
