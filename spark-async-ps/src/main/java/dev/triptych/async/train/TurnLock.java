package dev.triptych.async.train;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A lock that its holder may take again before those who wait for it, but only {@value
 * #MOST_OVERTAKES} times in a row; then it stands in line itself. So of N workers, who all want it,
 * each waits for at most N·({@value #MOST_OVERTAKES} + 1) turns of others. A plain lock lets one
 * thread have nearly all turns, because waking a thread takes longer than a mini-batch; a strictly
 * fair one pays that wait at each turn (docs/decisions.md).
 */
final class TurnLock {
  static final int MOST_OVERTAKES = 8;

  private final ReentrantLock lock = new ReentrantLock(true);

  /** One worker's way to the lock. Belongs to one thread. */
  final class Entry {
    private int overtakes;

    private Entry() {}

    /**
     * Takes the lock and says how long that took, in nanoseconds.
     *
     * @throws IllegalStateException after a minute
     */
    long acquire() throws InterruptedException {
      boolean crowded = lock.hasQueuedThreads();
      if (!(crowded && overtakes >= MOST_OVERTAKES) && lock.tryLock()) {
        overtakes = crowded ? overtakes + 1 : 0;
        return 0;
      }
      long start = System.nanoTime();
      if (!lock.tryLock(1, TimeUnit.MINUTES)) {
        throw new IllegalStateException("the weights were locked for a minute");
      }
      overtakes = 0;
      return System.nanoTime() - start;
    }

    void release() {
      lock.unlock();
    }
  }

  /** For one thread. */
  Entry entry() {
    return new Entry();
  }

  /** Takes the lock in line, for one look. */
  <R> R during(Supplier<R> look) {
    lock.lock();
    try {
      return look.get();
    } finally {
      lock.unlock();
    }
  }

  /** Whether somebody waits. */
  boolean isCrowded() {
    return lock.hasQueuedThreads();
  }
}
