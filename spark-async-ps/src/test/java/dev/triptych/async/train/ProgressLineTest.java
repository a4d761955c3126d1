package dev.triptych.async.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.shard.PullRequest;
import dev.triptych.async.shard.PushRequest;
import dev.triptych.async.shard.ShardMachine;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.async.store.Gradient;
import dev.triptych.async.store.Selection;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.optimizer.StepSize;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void aLineTellsRatesStalenessQueueAndWhomItWaitsFor() {
    ShardMachine<Integer> machine =
        new ShardMachine<>(
            new ShardSettings(
                2, 1, new Sgd(), StepSize.constant(1), Consistency.ssp(1), 100, 1000, 1, 4));
    ProgressLine line = new ProgressLine(10 * SECOND, 100, 2.5, 0);
    assertThat(line.isDue(10 * SECOND - 1)).isFalse();
    machine.pull(new PullRequest(0, 1, 0, Selection.all()), 0, 0);
    machine.pull(new PullRequest(1, 1, 0, Selection.all()), 1, 0);
    push(machine, 0, 0, 0);
    push(machine, 1, 0, 0);
    push(machine, 1, 1, 1);
    machine.pull(new PullRequest(1, 1, 2, Selection.all()), 2, 0);
    assertThat(line.isDue(10 * SECOND)).isTrue();
    assertThat(line.next(List.of(machine.status()), 7, 10 * SECOND))
        .isEqualTo(
            "0.30 of 2.5 epochs, update 3, 0.3 updates/s, objective unknown before the end,"
                + " staleness mean 0.67 max 1, queue depth 7");
    push(machine, 1, 2, 3);
    machine.pull(new PullRequest(1, 1, 3, Selection.all()), 3, 0);
    assertThat(line.isDue(19 * SECOND)).isFalse();
    assertThat(line.next(List.of(machine.status()), 0, 20 * SECOND))
        .contains("update 4, 0.1 updates/s")
        .endsWith("queue depth 0, 1 pulls wait for workers [0]");
  }

  private static void push(ShardMachine<Integer> machine, int worker, long sequence, long read) {
    machine.push(
        new PushRequest(worker, 1, sequence, read, 10, Gradient.dense(new double[] {0.5}), null),
        9,
        0);
  }
}
