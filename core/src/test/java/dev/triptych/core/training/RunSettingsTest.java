package dev.triptych.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.straggler.Stragglers;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RunSettingsTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  void sensibleSettingsAreAccepted() {
    assertThat(settings(1, 0.5, 0, null, MINUTE, 4).target()).isNull();
    assertThat(settings(8, 30, 64, 0.32, MINUTE, 100).target()).isEqualTo(0.32);
  }

  @Test
  void everySettingOutOfRangeIsRefusedByName() {
    refuses("workers", () -> settings(0, 1, 1, null, MINUTE, 4));
    refuses("epochs", () -> settings(1, 0, 1, null, MINUTE, 4));
    refuses("epochs", () -> settings(1, Double.NaN, 1, null, MINUTE, 4));
    refuses("epochs", () -> settings(1, Double.POSITIVE_INFINITY, 1, null, MINUTE, 4));
    refuses("batch", () -> settings(1, 1, -1, null, MINUTE, 4));
    refuses("target", () -> settings(1, 1, 1, Double.NaN, MINUTE, 4));
    refuses("wait", () -> settings(1, 1, 1, null, Duration.ZERO, 4));
    refuses("wait", () -> settings(1, 1, 1, null, MINUTE.negated(), 4));
    refuses("snapshots", () -> settings(1, 1, 1, null, MINUTE, 3));
  }

  @Test
  void wordsAreTheOptionsOfTheCommandLineInTheirOrder() {
    assertThat(settings(8, 30, 0, 0.32, MINUTE, 100).inWords())
        .containsExactly(
            entry("workers", "8"),
            entry("epochs", "30.0"),
            entry("batch", "all"),
            entry("step-size", "0.1"),
            entry("schedule", "constant"),
            entry("optimizer", "sgd"),
            entry("target", "0.32"),
            entry("seed", "1"));
    assertThat(settings(8, 30, 64, null, MINUTE, 100).inWords())
        .containsEntry("batch", "64")
        .doesNotContainKey("target");
  }

  private static void refuses(String field, Runnable construction) {
    assertThatIllegalArgumentException().isThrownBy(construction::run).withMessageContaining(field);
  }

  private static RunSettings settings(
      int numWorkers,
      double epochs,
      int batchSize,
      Double target,
      Duration maxWait,
      int snapshots) {
    return new RunSettings(
        numWorkers,
        epochs,
        batchSize,
        StepSize.constant(0.1),
        new Sgd(),
        target,
        1,
        Stragglers.none(),
        maxWait,
        snapshots);
  }
}
