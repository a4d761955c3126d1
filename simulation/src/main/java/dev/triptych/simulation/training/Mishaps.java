package dev.triptych.simulation.training;

import java.util.SplittableRandom;

/**
 * What befalls processes, at random moments up to a time: attempts are killed, duplicated
 * (speculation) or stand still and come back as zombies, servers are replaced.
 *
 * @param meanNanos between two mishaps; 0 for none
 * @param until when they end
 */
public record Mishaps(long meanNanos, long until) {
  /** None. */
  public static Mishaps none() {
    return new Mishaps(0, 0);
  }

  /** What may happen. */
  enum Kind {
    KILL,
    SPECULATE,
    FREEZE,
    REPLACE_SERVER
  }

  /** Plans all of them. */
  void plan(SplittableRandom random, Planner planner) {
    if (meanNanos == 0) {
      return;
    }
    for (long at = next(random); at < until; at += next(random)) {
      Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
      int victim = random.nextInt(1 << 16);
      planner.plan(at, kind, victim);
    }
  }

  private long next(SplittableRandom random) {
    return 1 + (long) (-Math.log(1 - random.nextDouble()) * meanNanos);
  }

  /** Takes each of them. */
  interface Planner {
    void plan(long at, Kind kind, int victim);
  }
}
