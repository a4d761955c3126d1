package dev.triptych.async.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.testing.JavaProcess;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LargeStoreIT {
  @Test
  void aHundredMillionFeaturesWithAdaGradStateTrainOnTwoServersWithin2500MegabytesOfHeap()
      throws InterruptedException {
    try (JavaProcess process =
        JavaProcess.of("large-store", LargeStoreMain.class.getName())
            .jvmOptions("-Xmx2500m")
            .start()) {
      assertThat(process.awaitExit(Duration.ofSeconds(120))).as(process.output()).isZero();
      assertThat(process.output()).contains("passed");
    }
  }
}
