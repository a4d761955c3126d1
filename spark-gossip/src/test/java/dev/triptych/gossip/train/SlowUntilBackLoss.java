package dev.triptych.gossip.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Slow until a process that started after a kill asks for gradients: what has to happen in the
 * middle of a run happens there, however slow the machine is, and then the run ends soon.
 */
final class SlowUntilBackLoss extends DisturbedLoss {
  private static final long serialVersionUID = 1L;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

  private final String folder;
  private transient volatile boolean asked;
  private transient volatile boolean fast;

  SlowUntilBackLoss(Path folder) {
    this.folder = folder.toString();
  }

  /** Called once an executor is killed. */
  void killed() {
    create("killed");
  }

  private void create(String name) {
    try {
      Files.createFile(Path.of(folder, name));
    } catch (FileAlreadyExistsException e) {
      // another node was faster
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  void disturb() {
    if (!asked) {
      asked = true;
      if (Files.exists(Path.of(folder, "killed"))) {
        create("back");
      }
    }
    if (!fast) {
      fast = Files.exists(Path.of(folder, "back"));
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
