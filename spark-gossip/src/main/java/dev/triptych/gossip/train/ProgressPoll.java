package dev.triptych.gossip.train;

import dev.triptych.spark.ProgressListener;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/** Tells a listener a few times a second how far a run is. */
final class ProgressPoll implements AutoCloseable {
  private static final long INTERVAL_MILLIS = 200;

  private final DoubleSupplier epochsDone;
  private final double epochs;
  private final ProgressListener listener;
  private final ScheduledExecutorService poller =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "triptych-gossip-progress");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param epochsDone asked a few times a second
   * @param epochs of the whole run
   */
  ProgressPoll(DoubleSupplier epochsDone, double epochs, ProgressListener listener) {
    this.epochsDone = epochsDone;
    this.epochs = epochs;
    this.listener = listener;
  }

  void start() {
    var unused =
        poller.scheduleWithFixedDelay(
            this::poll, INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void poll() {
    double done = epochsDone.getAsDouble();
    if (done > 0) {
      listener.progressed(Math.min(epochs, done), epochs);
    }
  }

  /** Ends the polling; when this returns the listener is not called any more. */
  @Override
  public void close() {
    poller.shutdownNow();
    boolean interrupted = false;
    try {
      poller.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
