package dev.triptych.async.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Logistic loss that throws once in all processes together, in the middle of a run: whoever creates
 * the marker file throws.
 */
final class FailOnceLoss extends DisturbedLoss {
  private static final long serialVersionUID = 1L;
  private static final AtomicInteger CALLS = new AtomicInteger();

  private final String marker;
  private final int afterCalls;
  private transient int firstCall;
  private transient boolean tried;

  /**
   * @param marker a file that does not exist yet
   * @param afterCalls derivatives in this process that go well first
   */
  FailOnceLoss(Path marker, int afterCalls) {
    super("fail-once");
    this.marker = marker.toString();
    this.afterCalls = afterCalls;
  }

  @Override
  void disturb(double label) {
    int calls = CALLS.incrementAndGet();
    if (firstCall == 0) {
      firstCall = calls;
    }
    if (!tried && calls - firstCall >= afterCalls) {
      tried = true;
      try {
        Files.createFile(Path.of(marker));
        throw new IllegalStateException("failing once, as told");
      } catch (FileAlreadyExistsException e) {
        // another process failed before
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
