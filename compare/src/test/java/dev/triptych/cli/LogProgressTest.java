package dev.triptych.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogProgressTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void aLogHearsAtMostOnceInAnIntervalAndOnceAtTheEnd() {
    LogProgress log =
        new LogProgress("sync, seed 2 (2 of 3)", LogProgress.EPOCHS, 5 * SECOND, 100 * SECOND);
    assertThat(log.progressed(0.5, 10, 101 * SECOND))
        .isEqualTo("sync, seed 2 (2 of 3): epoch 0.5 of 10 (5%), 1 s");
    for (int k = 0; k < 1_000; k++) {
      assertThat(log.progressed(1, 10, 101 * SECOND + k)).isNull();
    }
    assertThat(log.progressed(12, 10, 106 * SECOND))
        .isEqualTo("sync, seed 2 (2 of 3): epoch 10.0 of 10 (100%), 6 s");
    assertThat(log.end(107 * SECOND))
        .isEqualTo("sync, seed 2 (2 of 3): epoch 10.0 of 10 (100%), 7 s, done");
  }

  @Test
  void aRunThatNeverMovedIsNotSaidToBeDone() {
    assertThat(new LogProgress("sync", LogProgress.EPOCHS, 5, 0).end(9)).isNull();
  }

  @Test
  void downloadsAreCountedInBytes() {
    LogProgress small = new LogProgress("a9a", LogProgress.BYTES, 5 * SECOND, 0);
    assertThat(small.progressed(65_536, 196_455, 0)).isEqualTo("a9a: 66 of 196 kB (33%), 0 s");
    LogProgress large = new LogProgress("mnist", LogProgress.BYTES, 5 * SECOND, 0);
    assertThat(large.progressed(2_560_000, 15_000_000, SECOND))
        .isEqualTo("mnist: 2.6 of 15.0 MB (17%), 1 s");
  }

  @Test
  void aShortTaskSaysOnlyThatItIsDone() {
    LogProgress log = new LogProgress("a9a", LogProgress.BYTES, 5 * SECOND, SECOND).patient();
    assertThat(log.progressed(65_536, 196_455, SECOND)).isNull();
    assertThat(log.progressed(100_000, 196_455, 6 * SECOND)).contains("100 of 196 kB");
    assertThat(log.progressed(196_455, 196_455, 7 * SECOND)).isNull();
    assertThat(log.end(7 * SECOND)).isEqualTo("a9a: 196 of 196 kB (100%), 6 s, done");
  }
}
