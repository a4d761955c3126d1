package dev.triptych.async.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.shard.ShardStatus;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Adam;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.transport.Address;
import dev.triptych.testing.SparkSessions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The kill -9 drill: server processes of their own, one of which is killed in the middle. */
@Timeout(400)
class LostServerIT {
  private static final int WORKERS = 4;
  private static final Objective LOGISTIC =
      new Objective(new LinearModel(new LogisticLoss(), Problems.FEATURES, true), 1e-2);

  @Test
  void aKilledServerLosesNoAcknowledgedPushAndTrainingGoesOnByItself() {
    List<ExampleBlock> blocks = Problems.logistic(WORKERS, 200);
    RunSettings run =
        Problems.settings(WORKERS, 12, 10, 0.05, new Adam(0.9, 0.999), null, paced(4_000_000));
    try (ChildServer first = ChildServer.start(0);
        ChildServer second = ChildServer.start(0)) {
      AsyncRun.Outcome outcome =
          train(
              blocks,
              run,
              List.of(first.address(), second.address()),
              Durability.none().withReplicas(2),
              Consistency.bsp(),
              first::close);
      assertThat(first.process().isAlive()).as("the server was killed").isFalse();
      assertThat(outcome.failovers())
          .extracting(f -> f.lost())
          .containsOnly(first.address().toString());
      assertThat(outcome.failovers())
          .allSatisfy(f -> assertThat(TimeUnit.NANOSECONDS.toMillis(f.nanos())).isLessThan(5_000));
      assertThat(outcome.run().settings()).containsKey("longest-pause");
      for (ShardStatus shard : outcome.shards()) {
        assertThat(shard.clocks())
            .as("every push that a worker was told is applied, applied once")
            .containsExactly(outcome.acknowledged());
      }
      assertThat(outcome.run().weights())
          .as("seed %d: as if nothing had happened", Problems.SEED)
          .containsExactly(
              Problems.serial(LOGISTIC, blocks, run, outcome.run().updates()), within(1e-12));
    }
  }

  @Test
  void withoutReplicasTheRunEndsWithALineThatNamesTheLostServer() {
    List<ExampleBlock> blocks = Problems.logistic(2, 200);
    RunSettings run =
        Problems.settings(2, 200, 10, 0.05, new Adam(0.9, 0.999), null, paced(4_000_000));
    try (ChildServer first = ChildServer.start(0)) {
      List<Address> servers = List.of(first.address());
      assertThatThrownBy(
              () -> train(blocks, run, servers, Durability.none(), Consistency.asp(), first::close))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("parameter server " + first.address() + " is lost");
    }
  }

  private static Stragglers paced(long nanos) {
    return Stragglers.of(nanos, false, Map.of(), 1);
  }

  private static AsyncRun.Outcome train(
      List<ExampleBlock> blocks,
      RunSettings run,
      List<Address> servers,
      Durability durability,
      Consistency consistency,
      Runnable inTheMiddle) {
    AtomicBoolean done = new AtomicBoolean();
    ProgressListener listener =
        (epochs, of) -> {
          if (epochs > of / 4 && !done.getAndSet(true)) {
            inTheMiddle.run();
          }
        };
    AsyncRun.Outcome outcome =
        AsyncTrainer.run(
            LOGISTIC,
            Problems.data(SparkSessions.local2Context(), blocks),
            AsyncSettings.standalone(run, servers, consistency).withDurability(durability),
            listener);
    assertThat(done).as("the middle was seen").isTrue();
    return outcome;
  }
}
