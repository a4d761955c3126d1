package dev.triptych.simulation;

import java.util.SplittableRandom;

/**
 * What goes wrong on the way of a message; one decision each, asked once per message.
 *
 * @param loss whether it is lost
 * @param repetition whether it arrives twice
 * @param delay how long it takes, in nanoseconds
 * @param overtaking whether it may arrive before those that were sent before it
 * @param cut whether its connection breaks after it was sent
 */
public record Faults(
    Decision loss, Decision repetition, Delay delay, Decision overtaking, Decision cut) {
  /** Yes or no for one message. */
  @FunctionalInterface
  public interface Decision {
    boolean happens(int from, int to, long now);
  }

  /** A time for one message. */
  @FunctionalInterface
  public interface Delay {
    long nanos(int from, int to, long now);
  }

  /** Nothing but delays between half of {@code latency} and all of it. */
  public static Faults none(SplittableRandom random, long latency) {
    Decision never = (from, to, now) -> false;
    return new Faults(never, never, drawn(random, latency), never, never);
  }

  /**
   * All of them, at random; every tenth delay is ten times longer.
   *
   * @param probability of each
   * @param until when the network becomes as good as {@link #none}
   */
  public static Faults seeded(
      SplittableRandom random, long latency, double probability, long until) {
    Decision sometimes = (from, to, now) -> now < until && random.nextDouble() < probability;
    Decision rarely = (from, to, now) -> now < until && random.nextDouble() < probability / 4;
    Delay usual = drawn(random, latency);
    Delay delay =
        (from, to, now) ->
            usual.nanos(from, to, now) * (now < until && random.nextInt(10) == 0 ? 10 : 1);
    Decision overtaking = (from, to, now) -> now < until && random.nextBoolean();
    return new Faults(sometimes, sometimes, delay, overtaking, rarely);
  }

  private static Delay drawn(SplittableRandom random, long latency) {
    return (from, to, now) -> random.nextLong(latency / 2, latency + 1);
  }
}
