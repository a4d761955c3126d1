package dev.triptych.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogProgressTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void aLogHearsAtMostOnceInAnIntervalAndOnceAtTheEnd() {
    LogProgress log = new LogProgress("sync, seed 2 (2 of 3)", 5 * SECOND, 100 * SECOND);
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
    assertThat(new LogProgress("sync", 5, 0).end(9)).isNull();
  }
}
