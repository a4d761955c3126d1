package dev.triptych.spark.worker;

import dev.triptych.core.straggler.Stragglers;
import java.util.concurrent.locks.LockSupport;

/**
 * Makes a worker's mini-batches take as long as {@link Stragglers} says, and adds up the time. One
 * worker thread only.
 */
public final class Pacer {
  private final Stragglers stragglers;
  private final int worker;
  private long busyNanos;

  public Pacer(Stragglers stragglers, int worker) {
    this.stragglers = stragglers;
    this.worker = worker;
  }

  /**
   * Sleeps until mini-batch {@code step}, begun at {@code startNanos} ({@link System#nanoTime}),
   * has taken its time.
   *
   * @throws InterruptedException if the thread is interrupted while sleeping
   */
  public void finish(long step, long startNanos) throws InterruptedException {
    long measured = System.nanoTime() - startNanos;
    if (!stragglers.isNone()) {
      sleepUntil(startNanos + stragglers.totalNanos(worker, step, measured));
    }
    busyNanos += System.nanoTime() - startNanos;
  }

  /**
   * Like {@link #finish(long, long)} for mini-batches computed in one go.
   *
   * @param first the first of them
   * @param count of them
   */
  public void finish(long first, int count, long startNanos) throws InterruptedException {
    if (count == 1) {
      finish(first, startNanos);
      return;
    }
    long each = (System.nanoTime() - startNanos) / count;
    long end = startNanos;
    for (int k = 0; k < count; k++) {
      end += stragglers.totalNanos(worker, first + k, each);
    }
    sleepUntil(end);
    busyNanos += System.nanoTime() - startNanos;
  }

  private static void sleepUntil(long end) throws InterruptedException {
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }

  /** Seconds spent in mini-batches so far. */
  public double busySeconds() {
    return busyNanos / 1e9;
  }
}
