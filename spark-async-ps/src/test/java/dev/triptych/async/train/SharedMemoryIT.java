package dev.triptych.async.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.delay.DelayRules;
import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.loss.SquaredLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.AdaGrad;
import dev.triptych.core.optimizer.Momentum;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TracePoint;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.spark.ProgressListener;
import dev.triptych.testing.SparkSessions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Asynchronous training in shared memory, with and without a lock, on a real Spark. */
@Timeout(120)
class SharedMemoryIT {
  private static final Objective LOGISTIC =
      new Objective(new LinearModel(new LogisticLoss(), Problems.FEATURES, true), 1e-2);
  private static final List<Transport> SHARED = List.of(Transport.MEMORY, Transport.LOCKED);

  @Test
  void oneWorkerIsSerialSgdBitForBitAndTheSocketPath() {
    Objective sparse = new Objective(new LinearModel(new LogisticLoss(), 5000, true), 1e-4);
    for (Optimizer optimizer : List.of(new Sgd(), new AdaGrad())) {
      RunSettings run = Problems.settings(1, 3, 10, 0.3, optimizer);
      List<ExampleBlock> dense = Problems.logistic(1, 103);
      List<ExampleBlock> rows = Problems.sparseLogistic(1, 203, 5000, 10);
      TrainingRun socket = train(sparse, rows, run, Transport.SOCKET);
      for (Transport transport : SHARED) {
        TrainingRun trained = train(LOGISTIC, dense, run, transport);
        assertThat(trained.settings()).containsEntry("gradients", "dense");
        assertThat(trained.weights())
            .as("seed %d, %s, %s", Problems.SEED, optimizer.name(), transport)
            .containsExactly(Problems.serial(LOGISTIC, dense, run, trained.updates()));
        TrainingRun trainedSparse = train(sparse, rows, run, transport);
        assertThat(trainedSparse.settings()).containsEntry("gradients", "sparse");
        assertThat(trainedSparse.updates()).isEqualTo(socket.updates());
        assertThat(trainedSparse.weights()).containsExactly(socket.weights());
      }
    }
  }

  @Test
  void fourWorkersReachTheOptimumWithAndWithoutTheLock() {
    List<ExampleBlock> blocks = Problems.logistic(4, 200);
    RunSettings run = Problems.settings(4, 40, 10, 0.05, new Sgd());
    double[] best =
        Problems.serial(LOGISTIC, blocks, Problems.settings(4, 1, 0, 1, new Sgd()), 2000);
    double optimum = Problems.objective(LOGISTIC, blocks, best);
    for (Transport transport : SHARED) {
      TrainingRun trained = train(LOGISTIC, blocks, run, transport);
      assertThat(trained.finalObjective())
          .as("seed %d, %s", Problems.SEED, transport)
          .isBetween(optimum - 1e-12, optimum + 0.01);
      assertThat(trained.stopReason()).isEqualTo(StopReason.COMPLETED);
      assertThat(trained.updates()).isBetween(3200L, 3200L + 3 * 25).isEqualTo(trained.batches());
      assertThat(trained.bytesSent()).isZero();
      assertThat(trained.trace().get(0).objective()).isCloseTo(Math.log(2), within(1e-12));
      assertThat(trained.trace()).hasSizeBetween(10, 45);
      assertThat(trained.trace().stream().map(TracePoint::updates).toList())
          .isSorted()
          .doesNotHaveDuplicates()
          .endsWith(trained.updates());
      assertThat(Problems.objective(LOGISTIC, blocks, trained.weights()))
          .isCloseTo(trained.finalObjective(), within(1e-12));
      assertThat(trained.staleness()).isNotNull();
    }
  }

  @Test
  void hogwildOnSingleSparseRowsReachesTheOptimum() {
    // The same rows for all: a worker that gets no processor leaves nothing untrained.
    List<ExampleBlock> blocks =
        Collections.nCopies(4, Problems.sparseLogistic(1, 400, 500, 10).get(0));
    Objective objective = new Objective(new LinearModel(new LogisticLoss(), 500, false), 1e-3);
    double[] best =
        Problems.serial(objective, blocks, Problems.settings(4, 1, 0, 2, new Sgd()), 3000);
    double optimum = Problems.objective(objective, blocks, best);
    RunSettings run = Problems.settings(4, 60, 1, 0.03, new Sgd());
    for (Transport transport : SHARED) {
      TrainingRun trained = train(objective, blocks, run, transport);
      assertThat(trained.settings()).containsEntry("gradients", "sparse");
      assertThat(trained.finalObjective())
          .as("seed %d, %s", Problems.SEED, transport)
          .isBetween(optimum - 1e-12, optimum + 0.05);
    }
  }

  /** Each update adds exactly 2^-10 to the only weight: a lost one would be missing in the sum. */
  @Test
  void noUpdateIsLostUnderTheLock() {
    double[] ones = new double[2000];
    Arrays.fill(ones, 1);
    List<ExampleBlock> blocks = new ArrayList<>();
    for (int worker = 0; worker < 4; worker++) {
      blocks.add(ExampleBlock.dense(1, ones.clone(), ones.clone()));
    }
    Objective counting = new Objective(new LinearModel(new CountingLoss(), 1, false), 0);
    RunSettings run = Problems.settings(4, 50, 1, Math.scalb(1.0, -10), new Sgd());
    TrainingRun trained = train(counting, blocks, run, Transport.LOCKED);
    assertThat(trained.updates()).isBetween(400_000L, 400_000L + 3 * 256);
    assertThat(trained.weights()[0]).isEqualTo(Math.scalb((double) trained.updates(), -10));
  }

  @Test
  void aRunStopsAtTheFirstSegmentWithASnapshotBelowItsTarget() {
    List<ExampleBlock> blocks = Problems.logistic(3, 100);
    RunSettings run = Problems.settings(3, 200, 10, 0.05, new Sgd(), 0.5, Stragglers.none());
    TrainingRun trained = train(LOGISTIC, blocks, run, Transport.MEMORY);
    assertThat(trained.stopReason()).isEqualTo(StopReason.TARGET_REACHED);
    assertThat(trained.updates()).isLessThan(2000);
    assertThat(trained.finalObjective()).isLessThanOrEqualTo(0.5);
    assertThat(trained.secondsTo(0.5)).isNotNull().isLessThanOrEqualTo(trained.trainSeconds());
  }

  @Test
  void aTooLargeStepSizeIsReportedAsDivergence() {
    Objective squares =
        new Objective(new LinearModel(new SquaredLoss(), Problems.FEATURES, false), 0);
    RunSettings run = Problems.settings(2, 2000, 20, 1e6, new Sgd());
    TrainingRun trained = train(squares, Problems.logistic(2, 40), run, Transport.MEMORY);
    assertThat(trained.stopReason()).isEqualTo(StopReason.DIVERGED);
    assertThat(trained.divergedAtUpdate()).isBetween(2L, 1000L);
  }

  @Test
  void nobodyWaitsForASlowWorker() {
    Stragglers slow = Stragglers.of(20_000_000, false, Map.of(3, 20.0), 1);
    RunSettings run = Problems.settings(8, 2, 10, 0.05, new Sgd(), null, slow);
    for (Transport transport : SHARED) {
      TrainingRun trained = train(LOGISTIC, Problems.logistic(8, 200), run, transport);
      assertThat(trained.workers())
          .filteredOn(activity -> activity.worker() != 3)
          .allSatisfy(
              a -> assertThat(a.batches()).isGreaterThan(3 * trained.workers().get(3).batches()));
    }
  }

  /** Both begin together and lose no processor for long; a run of 80 mini-batches takes 1 ms. */
  @Test
  void aTinyRunIsSharedByItsWorkers() {
    for (Transport transport : SHARED) {
      long[] fewest = new long[5];
      List<Object> all = new ArrayList<>();
      for (int round = -1; round < fewest.length; round++) {
        RunSettings run = Problems.settings(4, 1, 10, 0.05, new Sgd());
        TrainingRun trained = train(LOGISTIC, Problems.logistic(4, 200), run, transport);
        List<Long> batches = trained.workers().stream().map(a -> a.batches()).toList();
        all.add(batches);
        if (round >= 0) {
          fewest[round] = Collections.min(batches);
        }
      }
      Arrays.sort(fewest);
      assertThat(fewest[fewest.length / 2]).as("%s: %s", transport, all).isGreaterThanOrEqualTo(5);
    }
  }

  @Test
  void theTrainingClockStandsStillWhenTheWorkersHaveLeft() {
    RunSettings run = Problems.settings(2, 20, 10, 0.05, new Sgd(), 1e-9, Stragglers.none());
    for (Transport transport : SHARED) {
      TrainingRun trained = train(LOGISTIC, Problems.logistic(2, 100), run, transport);
      assertThat(trained.trainSeconds())
          .as("evaluation is not on the clock")
          .isEqualTo(trained.trace().get(trained.trace().size() - 1).seconds());
    }
  }

  @Test
  void aRunThatStandsStillFails() {
    List<ExampleBlock> blocks = new ArrayList<>(Problems.logistic(3, 20));
    double[] stuck = new double[20];
    Arrays.fill(stuck, StuckLoss.LABEL);
    for (int worker = 0; worker < 3; worker++) {
      blocks.set(
          worker, ExampleBlock.dense(Problems.FEATURES, stuck, new double[20 * Problems.FEATURES]));
    }
    Objective objective =
        new Objective(new LinearModel(new StuckLoss(), Problems.FEATURES, false), 0);
    RunSettings run =
        Problems.settings(3, 5, 10, 0.1, new Sgd(), null, Stragglers.none(), Duration.ofSeconds(2));
    assertThatThrownBy(() -> train(objective, blocks, run, Transport.MEMORY))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no worker did a mini-batch for 2 s, after update 0");
  }

  @Test
  void whatSharedMemoryCannotDoIsRefused() {
    RunSettings sgd = Problems.settings(2, 1, 10, 0.1, new Sgd());
    assertRefused(AsyncSettings.of(sgd, 1, Deployment.DRIVER, Consistency.bsp()), "--consistency");
    assertRefused(
        AsyncSettings.of(sgd, 1, Deployment.DRIVER, Consistency.asp())
            .withDelayRule(DelayRules.parse("inverse")),
        "delay rules");
    RunSettings momentum = Problems.settings(2, 1, 10, 0.1, new Momentum(0.9));
    assertRefused(
        AsyncSettings.of(momentum, 1, Deployment.DRIVER, Consistency.asp()),
        "expected --optimizer sgd or adagrad, got momentum");
    assertThatThrownBy(() -> Transport.MEMORY.checkMaster(false, "spark://host:7077"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("share one process")
        .hasMessageContaining("spark://host:7077");
  }

  private static void assertRefused(AsyncSettings settings, String message) {
    for (Transport transport : SHARED) {
      assertThatThrownBy(
              () -> train(LOGISTIC, Problems.logistic(2, 20), settings.withTransport(transport)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("--transport " + transport.optionName())
          .hasMessageContaining(message);
    }
  }

  private static TrainingRun train(
      Objective objective, List<ExampleBlock> blocks, RunSettings run, Transport transport) {
    return train(
        objective,
        blocks,
        AsyncSettings.of(run, 1, Deployment.DRIVER, Consistency.asp()).withTransport(transport));
  }

  private static TrainingRun train(
      Objective objective, List<ExampleBlock> blocks, AsyncSettings settings) {
    return new AsyncTrainer()
        .train(
            objective,
            Problems.data(SparkSessions.local2Context(), blocks),
            settings,
            ProgressListener.SILENT);
  }
}
