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
      long end = startNanos + stragglers.totalNanos(worker, step, measured);
      for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
        LockSupport.parkNanos(left);
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
    }
    busyNanos += System.nanoTime() - startNanos;
  }

  /** Seconds spent in mini-batches so far. */
  public double busySeconds() {
    return busyNanos / 1e9;
  }
}
