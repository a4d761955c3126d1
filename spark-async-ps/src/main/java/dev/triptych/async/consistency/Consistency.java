package dev.triptych.async.consistency;

import java.io.Serializable;

/**
 * How far a worker may run ahead of the slowest. A worker with clock c (steps it has finished) may
 * start iff c − min ≤ s, where min is the smallest clock of all workers; so the gap between two
 * clocks never exceeds s+1 (Ho et al., More Effective Distributed ML via a Stale Synchronous
 * Parallel Parameter Server, NIPS 2013). Immutable and thread-safe.
 *
 * @param kind as the user named it
 * @param bound s; 0 for bsp, {@link Integer#MAX_VALUE} for asp
 */
public record Consistency(Kind kind, int bound) implements Serializable {
  public Consistency {
    boolean valid =
        switch (kind) {
          case BSP -> bound == 0;
          case SSP -> bound >= 0;
          case ASP -> bound == Integer.MAX_VALUE;
        };
    if (!valid) {
      throw new IllegalArgumentException(kind + " with a staleness bound of " + bound);
    }
  }

  /** Bulk-synchronous: one averaged update per clock. */
  public static Consistency bsp() {
    return new Consistency(Kind.BSP, 0);
  }

  /** Bounded staleness; {@code ssp(0)} is {@link #bsp()}. */
  public static Consistency ssp(int bound) {
    return new Consistency(Kind.SSP, bound);
  }

  /** Fully asynchronous: nobody ever waits. */
  public static Consistency asp() {
    return new Consistency(Kind.ASP, Integer.MAX_VALUE);
  }

  /** Whether the gradients of one clock are averaged into one update: bsp and ssp(0). */
  public boolean averagesClocks() {
    return bound == 0;
  }

  /** The rule c − min ≤ s. */
  public boolean mayStart(long clock, long min) {
    return clock - min <= bound;
  }

  /** Such as {@code bsp}, {@code ssp(3)}, {@code asp}. */
  @Override
  public String toString() {
    return kind == Kind.SSP ? "ssp(" + bound + ")" : kind.optionName();
  }

  /** The names on the command line. */
  public enum Kind {
    BSP("bsp"),
    SSP("ssp"),
    ASP("asp");

    private final String optionName;

    Kind(String optionName) {
      this.optionName = optionName;
    }

    /** Name on the command line. */
    public String optionName() {
      return optionName;
    }
  }
}
