package dev.triptych.async.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.shard.ShardStatus;
import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.loss.SquaredLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.AdaGrad;
import dev.triptych.core.optimizer.Adam;
import dev.triptych.core.optimizer.Momentum;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.core.training.WorkerActivity;
import dev.triptych.spark.ProgressListener;
import dev.triptych.testing.SparkSessions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The asynchronous trainer on a real Spark in one process, over real sockets. */
@Timeout(120)
class AsyncTrainerIT {
  private static final Objective LOGISTIC =
      new Objective(new LinearModel(new LogisticLoss(), Problems.FEATURES, true), 1e-2);

  @Test
  void oneWorkerIsSerialSgdBitForBit() {
    List<ExampleBlock> blocks = Problems.logistic(1, 103);
    for (Optimizer optimizer :
        List.of(new Sgd(), new Momentum(0.5), new AdaGrad(), new Adam(0.9, 0.999))) {
      RunSettings run = Problems.settings(1, 3, 10, 0.3, optimizer);
      TrainingRun trained = train(LOGISTIC, blocks, run, 2, Consistency.asp()).run();
      assertThat(trained.weights())
          .as("seed %d, %s", Problems.SEED, optimizer.name())
          .containsExactly(Problems.serial(LOGISTIC, blocks, run, trained.updates()));
    }
  }

  @Test
  void bspAndSsp0AreTheAverageOfAllWorkersMiniBatches() {
    List<ExampleBlock> blocks = Problems.logistic(5, 40);
    RunSettings run = Problems.settings(5, 4, 8, 0.5, new Momentum(0.9));
    double[] serial = Problems.serial(LOGISTIC, blocks, run, 20);
    for (int servers : new int[] {1, 3}) {
      for (Consistency consistency : List.of(Consistency.bsp(), Consistency.ssp(0))) {
        TrainingRun trained = train(LOGISTIC, blocks, run, servers, consistency).run();
        assertThat(trained.updates()).isEqualTo(20);
        assertThat(trained.batches()).isEqualTo(100);
        assertThat(trained.weights())
            .as("seed %d", Problems.SEED)
            .containsExactly(serial, within(1e-12));
      }
    }
  }

  @Test
  void delaysAddUpExactlyAndEverythingIsCounted() {
    List<ExampleBlock> blocks = Problems.logistic(4, 200);
    RunSettings run = Problems.settings(4, 10, 10, 0.1, new Sgd());
    AsyncRun.Outcome outcome = train(LOGISTIC, blocks, run, 1, Consistency.asp());
    ShardStatus shard = outcome.shards().get(0);
    TrainingRun trained = outcome.run();
    assertThat(shard.staleness().sum() + shard.inFlightDelay()).isEqualTo(3 * shard.version());
    assertThat(shard.staleness().total()).isEqualTo(shard.version());
    assertThat(trained.updates()).isBetween(800L, 803L).isEqualTo(trained.batches());
    assertThat(trained.stopReason()).isEqualTo(StopReason.COMPLETED);
    assertThat(trained.bytesSent()).isGreaterThan(800L * 2 * 8 * 8);
    assertThat(trained.trainSeconds()).isPositive();
    assertThat(trained.workers()).hasSize(4).allSatisfy(w -> assertThat(w.batches()).isPositive());
    assertThat(trained.trace().get(0).updates()).isZero();
    assertThat(trained.trace().get(0).objective()).isCloseTo(Math.log(2), within(1e-12));
    assertThat(trained.trace().get(trained.trace().size() - 1).updates())
        .isEqualTo(trained.updates());
    assertThat(trained.trace()).hasSizeBetween(15, 45);
    double[] serial =
        Problems.serial(LOGISTIC, blocks, Problems.settings(4, 1, 0, 1, new Sgd()), 2000);
    double optimum = Problems.objective(LOGISTIC, blocks, serial);
    assertThat(trained.finalObjective()).isBetween(optimum - 1e-12, optimum + 0.01);
  }

  @Test
  void sspReachesItsBoundWithASlowWorkerAndNeverExceedsIt() {
    List<ExampleBlock> blocks = Problems.logistic(3, 100);
    Stragglers slow = Stragglers.of(1_000_000, false, Map.of(1, 10.0), 1);
    RunSettings run = Problems.settings(3, 4, 10, 0.05, new Sgd(), null, slow);
    AsyncRun.Outcome outcome = train(LOGISTIC, blocks, run, 2, Consistency.ssp(2));
    assertThat(outcome.shards()).allSatisfy(s -> assertThat(s.maxClockGap()).isEqualTo(3));
    assertThat(outcome.run().staleness()).isNotNull();
  }

  @Test
  void sparsePushesAreChosenForManyFeaturesAndReachTheSameOptimum() {
    List<ExampleBlock> blocks = Problems.sparseLogistic(3, 400, 5000, 10);
    Objective objective = new Objective(new LinearModel(new LogisticLoss(), 5000, true), 1e-3);
    RunSettings run = Problems.settings(3, 20, 8, 0.5, new AdaGrad());
    // ssp: under asp a starved worker would leave its own features untrained
    TrainingRun sparse = train(objective, blocks, run, 2, Consistency.ssp(3)).run();
    assertThat(sparse.settings()).containsEntry("gradients", "sparse");
    double[] best =
        Problems.serial(objective, blocks, Problems.settings(3, 1, 0, 0.5, new AdaGrad()), 3000);
    double optimum = Problems.objective(objective, blocks, best);
    assertThat(sparse.finalObjective()).isBetween(optimum - 1e-9, optimum + 0.02);
    assertThat(sparse.bytesSent()).isLessThan(sparse.batches() * 2 * 5000 * 8 / 10);
  }

  @Test
  void aRunStopsAtTheFirstSegmentWithASnapshotBelowItsTarget() {
    List<ExampleBlock> blocks = Problems.logistic(3, 100);
    double target = 0.5;
    RunSettings run = Problems.settings(3, 200, 10, 0.05, new Sgd(), target, Stragglers.none());
    TrainingRun trained = train(LOGISTIC, blocks, run, 2, Consistency.asp()).run();
    assertThat(trained.stopReason()).isEqualTo(StopReason.TARGET_REACHED);
    assertThat(trained.updates()).isLessThan(2000);
    assertThat(trained.secondsTo(target)).isNotNull().isLessThanOrEqualTo(trained.trainSeconds());
  }

  @Test
  void segmentsDoNotChangeABspRun() {
    List<ExampleBlock> blocks = Problems.logistic(3, 40);
    RunSettings run =
        Problems.settings(3, 6, 8, 0.5, new Adam(0.9, 0.999), -1.0, Stragglers.none());
    TrainingRun trained = train(LOGISTIC, blocks, run, 2, Consistency.bsp()).run();
    assertThat(trained.stopReason()).isEqualTo(StopReason.COMPLETED);
    assertThat(trained.updates()).isEqualTo(30);
    assertThat(trained.weights())
        .containsExactly(Problems.serial(LOGISTIC, blocks, run, 30), within(1e-12));
    assertThat(trained.trace().stream().map(p -> p.updates()).distinct().count())
        .isEqualTo(trained.trace().size());
  }

  @Test
  void aTooLargeStepSizeIsReportedAsDivergenceWithItsUpdate() {
    List<ExampleBlock> blocks = Problems.logistic(2, 40);
    Objective squares =
        new Objective(new LinearModel(new SquaredLoss(), Problems.FEATURES, false), 0);
    RunSettings run = Problems.settings(2, 2000, 20, 1e6, new Sgd());
    TrainingRun trained = train(squares, blocks, run, 1, Consistency.bsp()).run();
    assertThat(trained.stopReason()).isEqualTo(StopReason.DIVERGED);
    assertThat(trained.divergedAtUpdate()).isBetween(2L, 200L);
    assertThat(trained.trace()).isNotEmpty();
  }

  /** Counts, not seconds, so that a busy machine changes nothing; rates: SlowWorkerIT. */
  @Test
  void nobodyWaitsForASlowWorkerUnderAspAndEverybodyUnderBsp() {
    List<ExampleBlock> blocks = Problems.logistic(8, 200);
    Stragglers slow = Stragglers.of(5_000_000, false, Map.of(3, 10.0), 1);
    RunSettings run = Problems.settings(8, 4, 10, 0.05, new Sgd(), null, slow);
    List<WorkerActivity> asp = train(LOGISTIC, blocks, run, 1, Consistency.asp()).run().workers();
    assertThat(asp)
        .filteredOn(activity -> activity.worker() != 3)
        .allSatisfy(a -> assertThat(a.batches()).isGreaterThan(3 * asp.get(3).batches()));
    RunSettings shorter = Problems.settings(8, 1, 10, 0.05, new Sgd(), null, slow);
    assertThat(train(LOGISTIC, blocks, shorter, 1, Consistency.bsp()).run().workers())
        .allSatisfy(activity -> assertThat(activity.batches()).isEqualTo(20));
  }

  @Test
  void aRunThatStandsStillFailsAndNamesTheWorkerItWaitsFor() {
    List<ExampleBlock> blocks = new ArrayList<>(Problems.logistic(3, 20));
    double[] stuck = new double[20];
    Arrays.fill(stuck, StuckLoss.LABEL);
    blocks.set(1, ExampleBlock.dense(Problems.FEATURES, stuck, new double[20 * Problems.FEATURES]));
    Objective objective =
        new Objective(new LinearModel(new StuckLoss(), Problems.FEATURES, false), 0);
    RunSettings run =
        Problems.settings(3, 5, 10, 0.1, new Sgd(), null, Stragglers.none(), Duration.ofSeconds(2));
    for (Consistency consistency : List.of(Consistency.bsp(), Consistency.asp())) {
      assertThatThrownBy(() -> train(objective, blocks, run, 1, consistency))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("waiting for workers [1]");
    }
  }

  @Test
  void moreServersThanParametersAreRefused() {
    RunSettings run = Problems.settings(2, 1, 10, 0.1, new Sgd());
    assertThatThrownBy(() -> train(LOGISTIC, Problems.logistic(2, 20), run, 9, Consistency.asp()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("--servers 9");
  }

  @Test
  void executorsWithoutThePluginAreRefused() {
    RunSettings run = Problems.settings(2, 1, 10, 0.1, new Sgd());
    AsyncSettings settings = AsyncSettings.of(run, 1, Deployment.EXECUTORS, Consistency.asp());
    assertThatThrownBy(
            () ->
                new AsyncTrainer()
                    .train(
                        LOGISTIC,
                        Problems.data(SparkSessions.local2Context(), Problems.logistic(2, 20)),
                        settings,
                        ProgressListener.SILENT))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("spark.plugins");
  }

  private static AsyncRun.Outcome train(
      Objective objective,
      List<ExampleBlock> blocks,
      RunSettings run,
      int servers,
      Consistency consistency) {
    AsyncRun.Outcome outcome =
        AsyncTrainer.run(
            objective,
            Problems.data(SparkSessions.local2Context(), blocks),
            AsyncSettings.of(run, servers, Deployment.DRIVER, consistency),
            ProgressListener.SILENT);
    assertThat(outcome.shards())
        .extracting(ShardStatus::version)
        .as("all shards see the same pushes")
        .containsOnly(outcome.run().updates());
    long[] clocks = outcome.shards().get(0).clocks();
    assertThat(Arrays.stream(clocks).sum()).isEqualTo(outcome.run().batches());
    return outcome;
  }
}
