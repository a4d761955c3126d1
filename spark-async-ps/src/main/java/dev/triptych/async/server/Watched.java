package dev.triptych.async.server;

import java.util.concurrent.TimeUnit;

/** Whether a driver asks after a shard, and could have it elsewhere. Thread-safe. */
final class Watched {
  /** A driver that has not asked for longer does not watch the run, or not any more. */
  private static final long NANOS = TimeUnit.SECONDS.toNanos(3);

  private volatile long until = System.nanoTime();
  private volatile long replaceableUntil = System.nanoTime();

  /** The driver has asked, and said whether another server could take the shard. */
  void seen(boolean replaceable) {
    long then = System.nanoTime() + NANOS;
    until = then;
    if (replaceable) {
      replaceableUntil = then;
    }
  }

  boolean isWatched() {
    return until - System.nanoTime() > 0;
  }

  /** Whether the shard is about to be taken elsewhere, if its server leaves. */
  boolean isReplaceable() {
    return replaceableUntil - System.nanoTime() > 0;
  }
}
