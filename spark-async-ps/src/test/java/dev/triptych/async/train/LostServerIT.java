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
import dev.triptych.core.optimizer.AdaGrad;
import dev.triptych.core.optimizer.Adam;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.StopReason;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.data.DataLoader;
import dev.triptych.spark.data.DataSource;
import dev.triptych.spark.data.LoadOptions;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.spark.transport.Address;
import dev.triptych.testing.DatasetMirror;
import dev.triptych.testing.SparkSessions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
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
  void theTargetOfAnUndisturbedRunIsReachedOnGeneratedData() throws InterruptedException {
    reachTheTargetAllTheSame(Problems.data(spark(), Problems.logistic(WORKERS, 1000)), 10);
  }

  @Test
  void theTargetOfAnUndisturbedRunIsReachedOnCovtype() throws InterruptedException {
    String file = DatasetMirror.assumePresent("covtype20k/covtype20k.train.libsvm.gz").toString();
    SparkSession session = SparkSession.builder().sparkContext(spark().sc()).getOrCreate();
    LoadOptions options = LoadOptions.of(WORKERS, Problems.SEED, new LogisticLoss().labelKind());
    reachTheTargetAllTheSame(DataLoader.load(session, DataSource.of(file), options), 50);
  }

  /** Asynchronously, to the objective that three epochs without any failure end at. */
  private static void reachTheTargetAllTheSame(TrainingData data, int batch)
      throws InterruptedException {
    double epochs = 3;
    Objective objective =
        new Objective(new LinearModel(new InTheMiddleLoss(), data.numFeatures(), true), 1e-4);
    AdaGrad optimizer = new AdaGrad();
    RunSettings undisturbed = Problems.settings(WORKERS, epochs, batch, 0.2, optimizer);
    try (ChildServer first = ChildServer.start(0);
        ChildServer second = ChildServer.start(0)) {
      List<Address> servers = List.of(first.address(), second.address());
      AsyncSettings calm =
          AsyncSettings.standalone(undisturbed, servers, Consistency.asp())
              .withDurability(Durability.none().withReplicas(2));
      AsyncRun.Outcome reference = AsyncTrainer.run(objective, data, calm, ProgressListener.SILENT);
      assertThat(reference.failovers()).isEmpty();
      double target = reference.run().finalObjective();
      InTheMiddleLoss.arm(Math.round(epochs / 2 * data.numRows()), first::close);
      RunSettings run =
          Problems.settings(WORKERS, 3 * epochs, batch, 0.2, optimizer, target, Stragglers.none());
      AsyncRun.Outcome outcome =
          AsyncTrainer.run(
              objective,
              data,
              AsyncSettings.standalone(run, servers, Consistency.asp())
                  .withDurability(Durability.none().withReplicas(2)),
              ProgressListener.SILENT);
      assertThat(first.process().isAlive()).as("the server was killed").isFalse();
      assertThat(outcome.failovers())
          .isNotEmpty()
          .allSatisfy(f -> assertThat(f.lost()).isEqualTo(first.address().toString()))
          .allSatisfy(f -> assertThat(TimeUnit.NANOSECONDS.toMillis(f.nanos())).isLessThan(5_000));
      assertThat(outcome.run().stopReason()).isEqualTo(StopReason.TARGET_REACHED);
      assertThat(outcome.run().finalObjective()).isLessThanOrEqualTo(target);
      assertThat(outcome.run().trace().get(outcome.run().trace().size() - 1).epochs())
          .as("the target was reached after the server was lost")
          .isGreaterThan(epochs / 2);
      assertThat(outcome.shards()).hasSize(2);
      for (ShardStatus shard : outcome.shards()) {
        assertThat(shard.clocks())
            .as("every push that a worker was told is applied, applied once")
            .containsExactly(outcome.acknowledged());
        assertThat(shard.version())
            .as("asp: an update for every push")
            .isEqualTo(Arrays.stream(outcome.acknowledged()).sum());
      }
    }
  }

  private static JavaSparkContext spark() {
    return SparkSessions.local2Context();
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
            Problems.data(spark(), blocks),
            AsyncSettings.standalone(run, servers, consistency).withDurability(durability),
            listener);
    assertThat(done).as("the middle was seen").isTrue();
    return outcome;
  }
}
