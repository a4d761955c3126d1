package dev.triptych.gossip.train;

import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.control.RunControl;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Tells a listener a few times a second how far the slowest node is. */
final class ProgressPoll implements AutoCloseable {
  private static final long INTERVAL_MILLIS = 200;

  private final RunControl control;
  private final double epochsPerRound;
  private final double epochs;
  private final ProgressListener listener;
  private final ScheduledExecutorService poller =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "triptych-gossip-progress");
            thread.setDaemon(true);
            return thread;
          });

  ProgressPoll(
      RunControl control, double epochsPerRound, double epochs, ProgressListener listener) {
    this.control = control;
    this.epochsPerRound = epochsPerRound;
    this.epochs = epochs;
    this.listener = listener;
  }

  void start() {
    var unused =
        poller.scheduleWithFixedDelay(
            this::poll, INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void poll() {
    long rounds = Arrays.stream(control.updatesByWorker()).min().orElse(0);
    if (rounds > 0) {
      listener.progressed(Math.min(epochs, rounds * epochsPerRound), epochs);
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
