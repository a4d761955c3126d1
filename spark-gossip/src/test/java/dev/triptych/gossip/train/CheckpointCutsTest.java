package dev.triptych.gossip.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.spark.checkpoint.Checkpoints;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CheckpointCutsTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void epochsAreCutAtMultiplesWhereverARunStarts() {
    CheckpointCuts cuts = new CheckpointCuts(new Checkpoints("dir", null, 2), 0.25, 1000, 0);

    assertThat(cuts.after(0, 0, 0, 0)).isEqualTo(8);
    assertThat(cuts.after(11, 3, SECOND, 0)).isEqualTo(16);
    assertThat(cuts.isDue(16, 0)).isTrue();
    assertThat(cuts.isDue(12, 0)).isFalse();
  }

  @Test
  void timeIsCutByTheSpeedMeasuredSoFar() {
    Checkpoints every = new Checkpoints("dir", Duration.ofSeconds(10), 0);
    CheckpointCuts cuts = new CheckpointCuts(every, 0.25, 1000, 0);

    assertThat(cuts.after(0, 0, 0, 0)).as("a few rounds to measure").isEqualTo(10);
    assertThat(cuts.isDue(10, SECOND)).isFalse();
    // Ten rounds took a second, nine seconds are left.
    assertThat(cuts.after(10, 10, SECOND, SECOND)).isEqualTo(100);
    assertThat(cuts.isDue(100, 10 * SECOND)).isTrue();
    cuts.saved(10 * SECOND);
    assertThat(cuts.after(100, 100, 10 * SECOND, 10 * SECOND)).isEqualTo(200);
  }
}
