package dev.triptych.datasets;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.Suggestion;
import dev.triptych.core.data.ExampleGenerator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A generated data set, written {@code synthetic:KIND,key=value,…}. {@link Kind} has the kinds,
 * what they are and the keys they know.
 *
 * @param kind which
 * @param values of all keys of the kind: Long for whole numbers, else Double
 */
public record SyntheticSpec(Kind kind, Map<String, Number> values) {
  /** What a spec starts with. */
  public static final String PREFIX = "synthetic:";

  private static final long MAX_ROWS = 1L << 40;
  private static final int MAX_FEATURES = Integer.MAX_VALUE - 8;

  public SyntheticSpec {
    values = Map.copyOf(values);
  }

  /** Kinds of generated data. */
  public enum Kind {
    CLICKLOG(
        "clicklog",
        "click log: each row has one feature of each of NONZEROS fields, drawn by Zipf's law (r^-1.1);"
            + " clicks (+1, about a quarter) follow a logistic model of known weights",
        List.of("rows", "test", "features", "nonzeros", "seed")),
    GAUSSIAN(
        "gaussian",
        "dense correlated normal features with the condition number CONDITION; labels w.x + NOISE z,"
            + " or -1 and +1 by a logistic model (classes=2)",
        List.of("rows", "test", "features", "condition", "noise", "classes", "seed")),
    HETEROGENEOUS(
        "heterogeneous",
        "GROUPS dense clusters at the distance SHIFT from the origin, nine tenths of each with one label:"
            + " with --partition by-label workers see different worlds",
        List.of("rows", "test", "features", "groups", "shift", "seed")),
    INTERACTIONS(
        "interactions",
        "one feature of each of GROUPS fields; labels depend on pairs of features only, as a"
            + " factorization machine of rank 4 says; -1 and +1, or real with NOISE z (classes=1)",
        List.of("rows", "test", "features", "groups", "noise", "classes", "seed")),
    RATINGS(
        "ratings",
        "ratings of USERS and ITEMS: 3.5 + biases + a product of FACTORS numbers each + NOISE z, so that"
            + " the best reachable RMSE is NOISE; for --problem mf",
        List.of("rows", "test", "users", "items", "factors", "noise", "seed"));

    private final String specName;
    private final String description;
    private final List<String> keys;

    Kind(String specName, String description, List<String> keys) {
      this.specName = specName;
      this.description = description;
      this.keys = keys;
    }

    public String specName() {
      return specName;
    }

    /** What it is, in one line; keys in capital letters. */
    public String description() {
      return description;
    }

    public List<String> keys() {
      return keys;
    }

    /** A spec of this kind with all defaults. */
    public SyntheticSpec defaults() {
      return parse(PREFIX + specName);
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
    Map<String, String> said = new HashMap<>();
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
      if (said.put(key, parts[i].substring(equals + 1)) != null) {
        throw new InvalidInputException(PREFIX + kind.specName + ": " + key + " is given twice");
      }
    }
    return new Reader(kind, said, new HashMap<>()).read();
  }

  /** n. */
  public long rows() {
    return whole("rows");
  }

  /** Rows of the test set, which are the rows n, n+1, … */
  public long testRows() {
    return whole("test");
  }

  /** Whether it is rated what users think of items. */
  public boolean isRatings() {
    return kind == Kind.RATINGS;
  }

  /** Whether labels are −1 and +1. */
  public boolean isBinary() {
    return switch (kind) {
      case CLICKLOG, HETEROGENEOUS -> true;
      case GAUSSIAN, INTERACTIONS -> whole("classes") == 2;
      case RATINGS -> false;
    };
  }

  /** A whole number of the spec. */
  public long whole(String key) {
    return value(key).longValue();
  }

  /** A number of the spec. */
  public double real(String key) {
    return value(key).doubleValue();
  }

  private Number value(String key) {
    Number value = values.get(key);
    if (value == null) {
      throw new IllegalArgumentException(kind + " has no " + key);
    }
    return value;
  }

  /** The data: rows 0 to {@link #rows} − 1 for training, the next {@link #testRows} for testing. */
  public ExampleGenerator generator() {
    long seed = whole("seed");
    return switch (kind) {
      case CLICKLOG -> new ClickLog(count("features"), count("nonzeros"), seed);
      case GAUSSIAN ->
          new Gaussian(count("features"), real("condition"), real("noise"), isBinary(), seed);
      case HETEROGENEOUS ->
          new Heterogeneous(count("features"), count("groups"), real("shift"), seed);
      case INTERACTIONS ->
          new Interactions(count("features"), count("groups"), real("noise"), isBinary(), seed);
      case RATINGS ->
          new LowRankRatings(count("users"), count("items"), count("factors"), real("noise"), seed);
    };
  }

  /** How rows are written to files. */
  public RowText rowText() {
    return isRatings() ? RowText.RATINGS : RowText.LIBSVM;
  }

  private int count(String key) {
    return Math.toIntExact(whole(key));
  }

  /** The spec in full, as {@link #parse} reads it. */
  public String text() {
    List<String> parts = new ArrayList<>();
    for (String key : kind.keys) {
      parts.add(key + "=" + value(key));
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

  /**
   * Makes numbers of what was said.
   *
   * @param said by key, as text
   * @param values filled by key
   */
  private record Reader(Kind kind, Map<String, String> said, Map<String, Number> values) {
    SyntheticSpec read() {
      switch (kind) {
        case CLICKLOG -> {
          rows(20_000);
          long features = whole("features", 10_000, 1, MAX_FEATURES);
          whole("nonzeros", Math.min(20, features), 1, features);
        }
        case GAUSSIAN -> {
          rows(10_000);
          whole("features", 50, 1, MAX_FEATURES);
          real("condition", 10, 1, 1e12);
          real("noise", 0.1, 0, 1e6);
          whole("classes", 1, 1, 2);
        }
        case HETEROGENEOUS -> {
          rows(10_000);
          whole("features", 50, 1, MAX_FEATURES);
          whole("groups", 4, 2, 1_000_000);
          real("shift", 2, 0, 1e6);
        }
        case INTERACTIONS -> {
          rows(10_000);
          long features = whole("features", 50, 2, MAX_FEATURES);
          whole("groups", Math.min(4, features), 2, features);
          real("noise", 0.1, 0, 1e6);
          whole("classes", 2, 1, 2);
        }
        case RATINGS -> {
          long pairs = whole("users", 600, 1, MAX_FEATURES) * whole("items", 300, 1, MAX_FEATURES);
          rows(Math.min(50_000, Math.max(1, pairs / 2)));
          whole("factors", 5, 1, 10_000);
          real("noise", 0.5, 0, 1e6);
        }
      }
      whole("seed", 1, Long.MIN_VALUE, Long.MAX_VALUE);
      SyntheticSpec spec = new SyntheticSpec(kind, values);
      if (spec.isRatings()) {
        requirePairs(spec);
      }
      return spec;
    }

    private void rows(long ifAbsent) {
      long rows = whole("rows", ifAbsent, 1, MAX_ROWS);
      whole("test", Math.max(1, rows / 4), 0, MAX_ROWS);
    }

    private static void requirePairs(SyntheticSpec spec) {
      long pairs = spec.whole("users") * spec.whole("items");
      long wanted = spec.rows() + spec.testRows();
      if (wanted > pairs) {
        throw new InvalidInputException(
            PREFIX
                + spec.kind.specName
                + ": expected at most "
                + pairs
                + " rows and test rows, one for each user and item, got "
                + wanted);
      }
    }

    private long whole(String key, long ifAbsent, long min, long max) {
      String text = said.get(key);
      long value = ifAbsent;
      if (text != null) {
        try {
          value = Long.parseLong(text);
        } catch (NumberFormatException e) {
          throw refuse(key, "a whole number", min, max, text);
        }
        if (value < min || value > max) {
          throw refuse(key, "a whole number", min, max, text);
        }
      }
      values.put(key, value);
      return value;
    }

    private void real(String key, double ifAbsent, double min, double max) {
      String text = said.get(key);
      double value = ifAbsent;
      if (text != null) {
        try {
          value = Double.parseDouble(text);
        } catch (NumberFormatException e) {
          throw refuse(key, "a number", min, max, text);
        }
        if (!(value >= min && value <= max)) {
          throw refuse(key, "a number", min, max, text);
        }
      }
      values.put(key, value);
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
