package dev.triptych.async.train;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets the workers of one process begin together. Those that come early sleep; the last one wakes
 * them, and nobody goes on before everybody is awake: else the last one would have done much of a
 * short run while the others were still being woken. Thread-safe.
 */
final class StartGate {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition allHere = lock.newCondition();
  private final Set<Integer> missing = new TreeSet<>();
  private final Set<Integer> asleep = new TreeSet<>();
  private volatile boolean open;

  /** Closes the gate until workers 0 to {@code numWorkers} − 1 have come. */
  void close(int numWorkers) {
    lock.lock();
    try {
      open = false;
      for (int worker = 0; worker < numWorkers; worker++) {
        missing.add(worker);
        asleep.add(worker);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until all workers have come and are awake; at once if they already were.
   *
   * @param opening run once, by the last worker, before anybody goes on
   * @throws IllegalStateException after the longest wait; names whom it waited for
   */
  void enter(int worker, Duration maxWait, Runnable opening) throws InterruptedException {
    long deadline = System.nanoTime() + maxWait.toNanos();
    lock.lockInterruptibly();
    try {
      if (missing.remove(worker) && missing.isEmpty()) {
        allHere.signalAll();
      }
      while (!missing.isEmpty()) {
        if (allHere.awaitNanos(deadline - System.nanoTime()) <= 0) {
          throw late(worker, missing, maxWait);
        }
      }
      if (asleep.remove(worker) && asleep.isEmpty()) {
        opening.run();
        open = true;
      }
    } finally {
      lock.unlock();
    }
    while (!open) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (System.nanoTime() - deadline > 0) {
        lock.lock();
        try {
          throw late(worker, asleep, maxWait);
        } finally {
          lock.unlock();
        }
      }
      Thread.yield();
    }
  }

  private static IllegalStateException late(int worker, Set<Integer> whom, Duration maxWait) {
    return new IllegalStateException(
        "worker %d waited %d s for workers %s to start"
            .formatted(worker, maxWait.toSeconds(), whom));
  }
}
