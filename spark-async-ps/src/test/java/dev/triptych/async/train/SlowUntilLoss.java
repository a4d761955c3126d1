package dev.triptych.async.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Logistic loss that takes a millisecond an example until a file is there: what has to happen in
 * the middle of a run happens there, however slow the machine is, and then the run ends soon.
 */
final class SlowUntilLoss extends DisturbedLoss {
  private static final long serialVersionUID = 1L;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final String marker;
  private transient volatile boolean fast;

  /**
   * @param marker a file that does not exist yet
   */
  SlowUntilLoss(Path marker) {
    super("slow-until");
    this.marker = marker.toString();
  }

  /** From now on the loss is fast, in all processes. */
  void hurry() {
    try {
      Files.createFile(Path.of(marker));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  void disturb(double label) {
    if (!fast) {
      fast = Files.exists(Path.of(marker));
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
