package dev.triptych.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.data.BatchSampler;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.loss.Loss;
import dev.triptych.core.loss.SquaredLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Adam;
import dev.triptych.core.optimizer.Momentum;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.OptimizerState;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.straggler.Stragglers;
import dev.triptych.core.training.RunSettings;
import dev.triptych.core.training.StopReason;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.spark.ProgressListener;
import dev.triptych.spark.data.TrainingData;
import dev.triptych.testing.SparkSessions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The synchronous trainer on a real Spark, held to serial SGD and to known optima. */
@Timeout(120)
class SyncTrainerIT {
  private static final int FEATURES = 7;
  private static final long SEED = 20261123;

  @Test
  void oneWorkerIsSerialSgdBitForBit() {
    List<ExampleBlock> blocks = logisticBlocks(1, 103);
    Objective objective = new Objective(new LinearModel(new LogisticLoss(), FEATURES, true), 1e-3);
    for (Optimizer optimizer : List.of(new Sgd(), new Momentum(0.9), new Adam(0.9, 0.999))) {
      RunSettings run = settings(1, 3, 10, 0.3, optimizer, null);
      TrainingRun trained = train(objective, blocks, run, SyncSettings.Algorithm.SGD);
      double[] serial = averagedMiniBatchSgd(objective, blocks, run, trained.updates());
      assertThat(trained.weights())
          .as("seed %d, %s", SEED, optimizer.name())
          .containsExactly(serial);
    }
  }

  @Test
  void nWorkersTakeTheAverageOfTheirMiniBatchGradients() {
    List<ExampleBlock> blocks = logisticBlocks(5, 40);
    Objective objective = new Objective(new LinearModel(new LogisticLoss(), FEATURES, false), 1e-2);
    RunSettings run = settings(5, 4, 8, 0.5, new Sgd(), null);
    TrainingRun trained = train(objective, blocks, run, SyncSettings.Algorithm.SGD);
    assertThat(trained.updates()).isEqualTo(20);
    assertThat(trained.weights())
        .as("seed %d", SEED)
        .containsExactly(
            averagedMiniBatchSgd(objective, blocks, run, trained.updates()), within(1e-12));
  }

  @Test
  void fullBatchGradientDescentGoesOnToTheOptimumOfAWellConditionedProblem() {
    // Orthogonal features: x_i cycles through 2e_j, so that Hessian = (4/d) I and w*_j is the mean
    // of y/2 over row class j.
    int rows = FEATURES * 12;
    List<ExampleBlock> blocks = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(SEED);
    double[] optimum = new double[FEATURES];
    double squares = 0;
    for (int worker = 0; worker < 3; worker++) {
      double[] labels = new double[rows / 3];
      double[] values = new double[rows / 3 * FEATURES];
      for (int r = 0; r < labels.length; r++) {
        labels[r] = random.nextDouble(-1, 1);
        values[r * FEATURES + r % FEATURES] = 2;
        optimum[r % FEATURES] += labels[r] / 2 / (rows / FEATURES);
        squares += labels[r] * labels[r];
      }
      blocks.add(ExampleBlock.dense(FEATURES, labels, values));
    }
    double best = squares;
    for (double w : optimum) {
      best -= 4 * w * w * rows / FEATURES;
    }
    best /= 2 * rows;
    Objective objective = new Objective(new LinearModel(new SquaredLoss(), FEATURES, false), 0);
    RunSettings run = settings(3, 60, 0, 0.9 * FEATURES / 4, new Sgd(), null);
    TrainingRun trained = train(objective, blocks, run, SyncSettings.Algorithm.GD);
    assertThat(trained.finalObjective() - best).as("seed %d", SEED).isBetween(-1e-12, 1e-6);
    assertThat(trained.weights()).containsExactly(optimum, within(1e-9));
    for (int i = 1; i < trained.trace().size(); i++) {
      assertThat(trained.trace().get(i).objective())
          .isLessThanOrEqualTo(trained.trace().get(i - 1).objective() + 1e-15);
    }
  }

  @Test
  void aTooLargeStepSizeIsReportedAsDivergenceWithItsUpdateAndKeepsTheTrace() {
    List<ExampleBlock> blocks = logisticBlocks(2, 20);
    Objective objective = new Objective(new LinearModel(new SquaredLoss(), FEATURES, false), 0);
    TrainingRun trained =
        train(
            objective,
            blocks,
            settings(2, 2000, 0, 1e6, new Sgd(), null),
            SyncSettings.Algorithm.GD);
    assertThat(trained.stopReason()).isEqualTo(StopReason.DIVERGED);
    assertThat(trained.divergedAtUpdate()).isBetween(1L, 200L);
    assertThat(trained.trace()).isNotEmpty();
  }

  @Test
  void aRunStopsAtTheFirstSnapshotBelowItsTarget() {
    List<ExampleBlock> blocks = logisticBlocks(2, 50);
    Objective objective = new Objective(new LinearModel(new LogisticLoss(), FEATURES, false), 1e-3);
    double target = 0.6;
    TrainingRun trained =
        train(
            objective,
            blocks,
            settings(2, 500, 10, 0.5, new Sgd(), target),
            SyncSettings.Algorithm.SGD);
    assertThat(trained.stopReason()).isEqualTo(StopReason.TARGET_REACHED);
    assertThat(trained.finalObjective()).isLessThanOrEqualTo(target);
    assertThat(trained.trace().subList(0, trained.trace().size() - 1))
        .allSatisfy(point -> assertThat(point.objective()).isGreaterThan(target));
  }

  @Test
  void aStuckTaskEndsTheRunWithinItsBoundInsteadOfHanging() {
    List<ExampleBlock> blocks = logisticBlocks(2, 20);
    Objective objective = new Objective(new LinearModel(new StuckLoss(), FEATURES, false), 0);
    RunSettings patient = settings(2, 5, 0, 0.1, new Sgd(), null);
    RunSettings run =
        new RunSettings(
            2,
            5,
            0,
            patient.stepSize(),
            patient.optimizer(),
            null,
            SEED,
            patient.stragglers(),
            Duration.ofSeconds(1),
            20);
    assertThatThrownBy(() -> train(objective, blocks, run, SyncSettings.Algorithm.GD))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("synchronous step 0")
        .hasMessageContaining("within 1 s");
  }

  /** Never returns from a gradient until it is interrupted. */
  private static final class StuckLoss implements Loss {
    private static final long serialVersionUID = 1L;
    private final LogisticLoss values = new LogisticLoss();

    @Override
    public String name() {
      return "stuck";
    }

    @Override
    public double value(double score, double label) {
      return values.value(score, label);
    }

    @Override
    public double derivative(double score, double label) {
      try {
        new CountDownLatch(1).await(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        throw new IllegalStateException("interrupted, as it should be", e);
      }
      return 0;
    }

    @Override
    public double curvatureBound() {
      return 1;
    }

    @Override
    public LabelKind labelKind() {
      return LabelKind.BINARY;
    }
  }

  private static TrainingRun train(
      Objective objective,
      List<ExampleBlock> blocks,
      RunSettings run,
      SyncSettings.Algorithm algorithm) {
    return new SyncTrainer()
        .train(objective, data(blocks), new SyncSettings(run, algorithm), ProgressListener.SILENT);
  }

  private static RunSettings settings(
      int workers,
      double epochs,
      int batch,
      double stepSize,
      Optimizer optimizer,
      @Nullable Double target) {
    return new RunSettings(
        workers,
        epochs,
        batch,
        StepSize.constant(stepSize),
        optimizer,
        target,
        SEED,
        Stragglers.of(0, false, Map.of(), SEED),
        Duration.ofSeconds(30),
        20);
  }

  /** The same in one loop, without Spark. */
  private static double[] averagedMiniBatchSgd(
      Objective objective, List<ExampleBlock> blocks, RunSettings run, long updates) {
    int numParameters = objective.model().numParameters();
    double[] weights = new double[numParameters];
    double[] gradient = new double[numParameters];
    OptimizerState state = run.optimizer().newState(numParameters);
    for (long step = 0; step < updates; step++) {
      double[] mean = new double[numParameters];
      for (int k = 0; k < blocks.size(); k++) {
        ExampleBlock block = blocks.get(k);
        BatchSampler sampler = new BatchSampler(block.numRows(), run.batchSize(), run.seed(), k);
        int from = sampler.seek(step);
        objective.batchGradient(
            block, sampler.rows(), from, from + sampler.batchSize(), weights, gradient);
        for (int j = 0; j < numParameters; j++) {
          mean[j] += gradient[j] / blocks.size();
        }
      }
      run.optimizer().apply(weights, mean, run.stepSize().initial(), state);
    }
    return weights;
  }

  private static List<ExampleBlock> logisticBlocks(int workers, int rowsPerWorker) {
    SplittableRandom random = new SplittableRandom(SEED);
    List<ExampleBlock> blocks = new ArrayList<>();
    for (int worker = 0; worker < workers; worker++) {
      double[] labels = new double[rowsPerWorker];
      double[] values = new double[rowsPerWorker * FEATURES];
      for (int r = 0; r < rowsPerWorker; r++) {
        double score = 0;
        for (int j = 0; j < FEATURES; j++) {
          double v = random.nextDouble(-1, 1);
          values[r * FEATURES + j] = v;
          score += v * (j - 2);
        }
        labels[r] = score + random.nextDouble(-1, 1) > 0 ? 1 : -1;
      }
      blocks.add(ExampleBlock.dense(FEATURES, labels, values));
    }
    return blocks;
  }

  private static TrainingData data(List<ExampleBlock> blocks) {
    JavaRDD<ExampleBlock> rdd =
        SparkSessions.local2Context()
            .parallelize(blocks, blocks.size())
            .persist(StorageLevel.MEMORY_ONLY());
    long[] rows = blocks.stream().mapToLong(ExampleBlock::numRows).toArray();
    long numRows = java.util.Arrays.stream(rows).sum();
    return TrainingData.of(rdd, FEATURES, rows, numRows * FEATURES, 1);
  }
}
