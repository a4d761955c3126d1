package dev.triptych.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.data.BatchSampler;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.loss.SquaredLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.model.Regularizer;
import dev.triptych.core.optimizer.Adam;
import dev.triptych.core.optimizer.Momentum;
import dev.triptych.core.optimizer.Nesterov;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.OptimizerState;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TracePoint;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.data.DataLoader;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.sync.SyncSettings.Algorithm;
import dev.triptych.testing.GeneratedData;
import dev.triptych.testing.ReferenceOptimum;
import dev.triptych.testing.SparkSessions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Local SGD, SVRG, Nesterov and line search on a real Spark, held to one loop and to optima. */
@Timeout(120)
class AlgorithmsIT {
  private static final long SEED = 20261125;
  private static final int WORKERS = 3;
  private static final int FEATURES = 8;
  private static final List<ExampleBlock> BLOCKS =
      GeneratedData.logistic(WORKERS, 120, FEATURES, SEED);
  private static final Objective OBJECTIVE =
      new Objective(new LinearModel(new LogisticLoss(), FEATURES, true), 1e-2);
  private static final ReferenceOptimum BEST =
      ReferenceOptimum.minimise(new LogisticLoss(), 1e-2, true, BLOCKS);
  private static final TrainingData DATA =
      DataLoader.fromBlocks(SparkSessions.local2Context(), BLOCKS);

  @AfterAll
  static void release() {
    DATA.blocks().unpersist();
  }

  @Test
  void localSgdWithOneStepIsMiniBatchSgd() {
    RunSettings run = settings(3, 20, 0.5, new Sgd());
    TrainingRun synchronous = train(new SyncSettings(run, Algorithm.SGD));
    TrainingRun local = train(new SyncSettings(run, Algorithm.LOCAL_SGD));
    assertThat(local.updates()).isEqualTo(synchronous.updates()).isEqualTo(18);
    assertThat(local.collectedWeights())
        .containsExactly(synchronous.collectedWeights(), within(1e-12));
  }

  @Test
  void localSgdAveragesWeightsAndWhatTheOptimizerRemembers() {
    int localSteps = 3;
    for (Optimizer optimizer : List.of(new Sgd(), new Momentum(0.9), new Adam(0.9, 0.999))) {
      RunSettings run = settings(6, 20, 0.1, optimizer);
      TrainingRun trained =
          train(new SyncSettings(run, Algorithm.LOCAL_SGD).withLocalSteps(localSteps));
      assertThat(trained.updates()).isEqualTo(12);
      assertThat(trained.batches()).isEqualTo(12 * localSteps * WORKERS);
      assertThat(trained.collectedWeights())
          .as("seed %d, %s", SEED, optimizer.name())
          .containsExactly(localSgd(run, localSteps, 12), within(1e-12));
    }
  }

  @Test
  void svrgReachesTheOptimumWithTheStepSizeAtWhichSgdStopsAtItsNoise() {
    RunSettings run = settings(120, 10, 0.5, new Sgd());
    double noisy = train(new SyncSettings(run, Algorithm.SGD)).finalObjective();
    TrainingRun reduced = train(new SyncSettings(run, Algorithm.SVRG));
    assertThat(noisy - BEST.objective()).as("seed %d", SEED).isGreaterThan(1e-5);
    assertThat(reduced.finalObjective() - BEST.objective()).isBetween(-1e-12, 1e-8);
    assertThat(reduced.trace().get(reduced.trace().size() - 1).epochs())
        .isCloseTo(120, within(2.0));
  }

  @Test
  void gradientDescentFindsItsStepSizes() {
    TrainingRun run =
        train(new SyncSettings(settings(400, 0, 1, new Sgd()), Algorithm.GD_LINE_SEARCH, 0));
    assertThat(run.finalObjective() - BEST.objective()).isBetween(-1e-12, 1e-6);
    assertThat(run.trace())
        .extracting(TracePoint::objective)
        .isSortedAccordingTo((a, b) -> Double.compare(b, a));
  }

  @Test
  void nesterovTakesFewerStepsThanPlainDescentOnAnIllConditionedProblem() {
    // Curvatures 4 and 0.01 with the step size that both allow.
    List<ExampleBlock> blocks =
        List.of(
            ExampleBlock.dense(2, new double[] {1, -1}, new double[] {2, 0, 0, 0.1}),
            ExampleBlock.dense(2, new double[] {1, -1}, new double[] {2, 0, 0, 0.1}));
    Objective objective = new Objective(new LinearModel(new SquaredLoss(), 2, false), 0);
    TrainingData data = DataLoader.fromBlocks(SparkSessions.local2Context(), blocks);
    long[] steps = new long[2];
    for (int i = 0; i < 2; i++) {
      RunSettings run =
          new RunSettings(
              2,
              4000,
              0,
              StepSize.constant(0.4),
              i == 0 ? new Sgd() : new Nesterov(0.9),
              0.01,
              SEED,
              Stragglers.none(),
              Duration.ofSeconds(30),
              2000);
      TrainingRun trained =
          new SyncTrainer()
              .train(objective, data, new SyncSettings(run, Algorithm.GD), ProgressListener.SILENT);
      assertThat(trained.stopReason()).isEqualTo(StopReason.TARGET_REACHED);
      steps[i] = trained.updates();
    }
    assertThat(steps[1]).isLessThan(steps[0] / 4);
    data.blocks().unpersist();
  }

  @ParameterizedTest
  @CsvSource({"LBFGS,0", "LBFGS,.02", "GD_LINE_SEARCH,0"})
  void minimisersInsideTheTasksEndWhereThoseOnTheDriverDo(Algorithm algorithm, double l1) {
    Objective objective =
        new Objective(
            new LinearModel(new LogisticLoss(), FEATURES, true), new Regularizer(1e-2, l1));
    SyncSettings onDriver = new SyncSettings(settings(25, 0, 1, new Sgd()), algorithm, 1e-10);
    TrainingRun driver = train(objective, onDriver);
    TrainingRun tasks = train(objective, onDriver.with(Aggregation.ALL_REDUCE));
    assertThat(tasks.updates()).isEqualTo(driver.updates()).isPositive();
    assertThat(tasks.batches()).isEqualTo(driver.batches());
    assertThat(tasks.collectedWeights()).containsExactly(driver.collectedWeights(), within(1e-7));
    assertThat(tasks.finalObjective()).isCloseTo(driver.finalObjective(), within(1e-12));
    TracePoint last = tasks.trace().get(tasks.trace().size() - 1);
    assertThat(last.epochs()).isEqualTo(tasks.batches() / WORKERS);
  }

  @Test
  void aTargetEndsAMinimiserInsideTheTasks() {
    RunSettings run = settings(100, 0, 1, new Sgd());
    double target = BEST.objective() + 1e-3;
    RunSettings withTarget =
        new RunSettings(
            WORKERS,
            100,
            0,
            StepSize.constant(1),
            new Sgd(),
            target,
            SEED,
            Stragglers.none(),
            Duration.ofSeconds(30),
            20);
    TrainingRun whole = train(new SyncSettings(run, Algorithm.LBFGS).with(Aggregation.ALL_REDUCE));
    TrainingRun reached =
        train(new SyncSettings(withTarget, Algorithm.LBFGS).with(Aggregation.ALL_REDUCE));
    assertThat(reached.stopReason()).isEqualTo(StopReason.TARGET_REACHED);
    assertThat(reached.finalObjective()).isLessThanOrEqualTo(target);
    assertThat(reached.updates()).isLessThan(whole.updates());
  }

  @Test
  void lineSearchRefusesAnL1Penalty() {
    Objective kinked =
        new Objective(new LinearModel(new LogisticLoss(), FEATURES, true), new Regularizer(0, 0.1));
    SyncSettings settings =
        new SyncSettings(settings(10, 0, 1, new Sgd()), Algorithm.GD_LINE_SEARCH);
    assertThatThrownBy(
            () -> new SyncTrainer().train(kinked, DATA, settings, ProgressListener.SILENT))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("choose lbfgs");
  }

  /** The same in one loop, without Spark. */
  private static double[] localSgd(RunSettings run, int localSteps, int rounds) {
    int length = OBJECTIVE.model().numParameters();
    double epochsPerStep = DATA.epochsPerStep(run.batchSize());
    double[] weights = new double[length];
    OptimizerState state = run.optimizer().newState(length);
    for (int round = 0; round < rounds; round++) {
      double[] meanWeights = new double[length];
      double[] meanFirst = new double[state.first().length];
      double[] meanSecond = new double[state.second().length];
      for (int k = 0; k < WORKERS; k++) {
        ExampleBlock block = BLOCKS.get(k);
        BatchSampler sampler = new BatchSampler(block.numRows(), run.batchSize(), SEED, k);
        double[] own = weights.clone();
        OptimizerState ownState =
            OptimizerState.of(
                (long) round * localSteps, state.first().clone(), state.second().clone());
        for (int h = 0; h < localSteps; h++) {
          long step = (long) round * localSteps + h;
          int from = sampler.seek(step);
          double[] gradient = new double[length];
          OBJECTIVE.batchGradient(
              block, sampler.rows(), from, from + sampler.batchSize(), own, gradient);
          run.optimizer().apply(own, gradient, run.stepSize().at(step * epochsPerStep), ownState);
        }
        addScaled(own, meanWeights);
        addScaled(ownState.first(), meanFirst);
        addScaled(ownState.second(), meanSecond);
      }
      weights = meanWeights;
      state = OptimizerState.of((long) (round + 1) * localSteps, meanFirst, meanSecond);
    }
    return weights;
  }

  private static void addScaled(double[] addend, double[] mean) {
    for (int j = 0; j < mean.length; j++) {
      mean[j] += addend[j] / WORKERS;
    }
  }

  private static TrainingRun train(SyncSettings settings) {
    return train(OBJECTIVE, settings);
  }

  private static TrainingRun train(Objective objective, SyncSettings settings) {
    return new SyncTrainer().train(objective, DATA, settings, ProgressListener.SILENT);
  }

  private static RunSettings settings(
      double epochs, int batch, double stepSize, Optimizer optimizer) {
    return new RunSettings(
        WORKERS,
        epochs,
        batch,
        StepSize.constant(stepSize),
        optimizer,
        null,
        SEED,
        Stragglers.none(),
        Duration.ofSeconds(30),
        20);
  }
}
