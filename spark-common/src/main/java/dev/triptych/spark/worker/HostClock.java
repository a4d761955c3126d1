package dev.triptych.spark.worker;

import java.time.Instant;

/**
 * A clock that processes share: nanoseconds since 1970 by the host's wall clock as it stood when
 * this class was loaded, going on with {@link System#nanoTime}. Within a process it is monotonic;
 * processes of one host agree to microseconds, hosts as well as their clocks are set.
 */
public final class HostClock {
  private static final long OFFSET = wallNanos() - System.nanoTime();

  private HostClock() {}

  private static long wallNanos() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  /** Now. */
  public static long nanos() {
    return OFFSET + System.nanoTime();
  }
}
