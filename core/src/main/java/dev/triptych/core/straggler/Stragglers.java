package dev.triptych.core.straggler;

import java.io.Serializable;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * How slow the workers are made on purpose. With a compute delay every mini-batch takes at least
 * that long times the worker's slow-down factor, so that 8 workers on 2 cores behave as 8 machines;
 * without one, a worker k times slower waits k−1 times what its mini-batch took. Immutable and
 * thread-safe; it only tells durations, nobody sleeps here.
 */
public final class Stragglers implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final Stragglers NONE = new Stragglers(0, false, Map.of(), 0);

  private final long delayNanos;
  private final boolean exponential;
  private final TreeMap<Integer, Double> factors;
  private final long seed;

  private Stragglers(
      long delayNanos, boolean exponential, Map<Integer, Double> factors, long seed) {
    this.delayNanos = delayNanos;
    this.exponential = exponential;
    this.factors = new TreeMap<>(factors);
    this.seed = seed;
  }

  /** Nobody is slowed down. */
  public static Stragglers none() {
    return NONE;
  }

  /**
   * @param delayNanos least (or, if {@code exponential}, mean least) duration of a mini-batch; 0
   *     for none
   * @param exponential draw each mini-batch's delay from an exponential distribution
   * @param factors slow-down ≥ 1 by worker; workers that are absent have 1
   * @param seed of the exponential draws
   * @throws IllegalArgumentException if a delay is negative or a factor is below 1
   */
  public static Stragglers of(
      long delayNanos, boolean exponential, Map<Integer, Double> factors, long seed) {
    if (delayNanos < 0) {
      throw new IllegalArgumentException("compute delay must not be negative");
    }
    factors.forEach(
        (worker, factor) -> {
          if (worker < 0 || !(factor >= 1) || Double.isInfinite(factor)) {
            throw new IllegalArgumentException(
                "worker " + worker + " cannot be " + factor + " times slower");
          }
        });
    return new Stragglers(delayNanos, exponential, factors, seed);
  }

  /** Slow-down of a worker, 1 for a normal one. */
  public double factor(int worker) {
    return factors.getOrDefault(worker, 1.0);
  }

  /** Whether some worker is slower than others. */
  public boolean anySlow() {
    return factors.values().stream().anyMatch(factor -> factor > 1);
  }

  /** The slowed workers and their factors. */
  public Map<Integer, Double> factors() {
    return Map.copyOf(factors);
  }

  /** The same delays without slow workers: the control run. */
  public Stragglers withoutSlowWorkers() {
    return new Stragglers(delayNanos, exponential, Map.of(), seed);
  }

  /** Whether any worker's mini-batch is ever prolonged. */
  public boolean isNone() {
    return delayNanos == 0 && !anySlow();
  }

  /**
   * How long a worker's step-th mini-batch must take in all.
   *
   * @param measuredNanos what the computation itself took
   * @return nanoseconds, at least {@code measuredNanos}
   */
  public long totalNanos(int worker, long step, long measuredNanos) {
    double factor = factor(worker);
    if (delayNanos == 0) {
      return factor == 1 ? measuredNanos : (long) (measuredNanos * factor);
    }
    double delay = delayNanos;
    if (exponential) {
      // The seed is hashed first: seeds must not give the same delays some steps later.
      long hashedSeed = new SplittableRandom(seed).nextLong();
      SplittableRandom random =
          new SplittableRandom(hashedSeed + worker * 0xC2B2AE3D27D4EB4FL + step);
      delay *= -Math.log1p(-random.nextDouble());
    }
    return Math.max(measuredNanos, (long) (delay * factor));
  }

  /** Such as {@code every batch >= 5.0 ms; worker 3: 10.0x}. */
  @Override
  public String toString() {
    StringBuilder words = new StringBuilder();
    if (delayNanos > 0) {
      words
          .append("every batch >= ")
          .append(exponential ? "exp:" : "")
          .append(delayNanos / 1e6)
          .append(" ms");
    }
    factors.forEach(
        (worker, factor) ->
            words
                .append(words.length() == 0 ? "" : "; ")
                .append("worker ")
                .append(worker)
                .append(": ")
                .append(factor)
                .append("x"));
    return words.length() == 0 ? "none" : words.toString();
  }
}
