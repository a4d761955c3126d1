package dev.triptych.spark.data;

import dev.triptych.core.InvalidInputException;

/**
 * How examples are dealt to the workers.
 *
 * @param kind the way
 * @param alpha α of {@link Kind#DIRICHLET}, positive; else 0
 */
public record Partition(Kind kind, double alpha) {
  /** The ways of dealing. */
  public enum Kind {
    /** A seeded shuffle: every worker sees a random sample. */
    IID,
    /** Sorted by label and cut into slices: workers see different labels. */
    BY_LABEL,
    /** Each worker's shares of the labels are drawn from a Dirichlet distribution. */
    DIRICHLET
  }

  /** A random sample for every worker. */
  public static final Partition IID = new Partition(Kind.IID, 0);

  /** Different labels on different workers. */
  public static final Partition BY_LABEL = new Partition(Kind.BY_LABEL, 0);

  private static final String DIRICHLET = "dirichlet:";

  public Partition {
    if (kind == Kind.DIRICHLET ? !(alpha > 0 && alpha <= 1e6) : alpha != 0) {
      throw new InvalidInputException(
          "--partition dirichlet:ALPHA: expected a number above 0 and at most 1e6, got " + alpha);
    }
  }

  /**
   * Shares of labels drawn from a Dirichlet distribution with concentration α.
   *
   * @throws InvalidInputException if α is not positive
   */
  public static Partition dirichlet(double alpha) {
    return new Partition(Kind.DIRICHLET, alpha);
  }

  /** As {@link #parse} reads it. */
  public String optionName() {
    return switch (kind) {
      case IID -> "iid";
      case BY_LABEL -> "by-label";
      case DIRICHLET -> DIRICHLET + alpha;
    };
  }

  /**
   * Reads {@code iid}, {@code by-label} or {@code dirichlet:ALPHA}.
   *
   * @throws InvalidInputException if there is no such way
   */
  public static Partition parse(String text) {
    if (text.equals("iid")) {
      return IID;
    }
    if (text.equals("by-label")) {
      return BY_LABEL;
    }
    if (text.startsWith(DIRICHLET)) {
      try {
        return dirichlet(Double.parseDouble(text.substring(DIRICHLET.length())));
      } catch (NumberFormatException e) {
        // Told below.
      }
    }
    throw new InvalidInputException(
        "--partition: expected iid, by-label or dirichlet:ALPHA, got \"" + text + "\"");
  }
}
