package dev.triptych.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.loss.Loss;
import dev.triptych.core.loss.SquaredLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.Optimizers;
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
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Steps without the driver, held to steps through the driver. */
@Timeout(120)
class CollectiveIT {
  private static final int FEATURES = 7;
  private static final int WORKERS = 5;
  private static final long SEED = 20261125;

  @ParameterizedTest
  @CsvSource({
    "REDUCE_SCATTER,sgd,8",
    "REDUCE_SCATTER,momentum,8",
    "REDUCE_SCATTER,adam,0",
    "ALL_REDUCE,adagrad,8",
    "ALL_REDUCE,adam,0",
  })
  void weightsAndTraceAreThoseOfTreeBitForBit(Aggregation aggregation, String name, int batch) {
    Optimizer optimizer = Optimizers.byName(name).orElseThrow();
    SyncSettings tree = settings(optimizer, batch, 0.1, null, Duration.ofSeconds(30));
    double[] start = new SplittableRandom(SEED).doubles(FEATURES + 1, -1, 1).toArray();
    Objective warm = objective(new LogisticLoss()).startingFrom(start);
    TrainingRun expected = train(warm, tree);
    TrainingRun trained = train(warm, tree.with(aggregation));

    // Two tasks: a + b = b + a.
    assertThat(trained.settings()).containsEntry("tasks", "2");
    assertThat(trained.weights()).as("seed %d", SEED).containsExactly(expected.weights());
    assertThat(trained.updates()).isEqualTo(expected.updates());
    assertThat(trained.finalObjective()).isCloseTo(expected.finalObjective(), within(1e-12));
    // Ring all-reduce among S tasks: 2(S-1)/S of the weights sent by each, in each step.
    assertThat(trained.bytesSent()).isEqualTo(trained.updates() * 2 * (FEATURES + 1) * 8);
    assertThat(trained.settings()).containsEntry("aggregation", aggregation.optionName());
  }

  @ParameterizedTest
  @EnumSource(Aggregation.class)
  void aRunStopsAtItsTarget(Aggregation aggregation) {
    Optimizer optimizer = Optimizers.byName("sgd").orElseThrow();
    SyncSettings settings = settings(optimizer, 8, 0.5, 0.6, Duration.ofSeconds(30));
    TrainingRun trained = train(objective(new LogisticLoss()), settings.with(aggregation));
    assertThat(trained.stopReason()).isEqualTo(StopReason.TARGET_REACHED);
    assertThat(trained.finalObjective()).isLessThanOrEqualTo(0.6);
    int last = trained.trace().size() - 1;
    assertThat(trained.trace().get(last - 1).objective()).isGreaterThan(0.6);
  }

  @ParameterizedTest
  @EnumSource(Aggregation.class)
  void aTooLargeStepSizeIsReportedAsDivergence(Aggregation aggregation) {
    Optimizer optimizer = Optimizers.byName("sgd").orElseThrow();
    SyncSettings settings =
        new SyncSettings(
                settings(optimizer, 0, 1e9, null, Duration.ofSeconds(30)).run(),
                SyncSettings.Algorithm.GD)
            .with(aggregation);
    TrainingRun trained = train(objective(new SquaredLoss()), settings);
    assertThat(trained.stopReason()).isEqualTo(StopReason.DIVERGED);
    assertThat(trained.divergedAtUpdate()).isBetween(1L, 60L);
    assertThat(trained.trace()).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource(value = Aggregation.class, names = "TREE", mode = EnumSource.Mode.EXCLUDE)
  void aBackupWorkersGradientIsDroppedAndTheMeanOfTheOthersIsTaken(Aggregation aggregation) {
    // All workers have the same examples, so it does not matter whose mean is taken.
    ExampleBlock block = blocks().get(0);
    TrainingData same = data(Collections.nCopies(4, block));
    Stragglers slow = Stragglers.of(1_000_000, false, Map.of(2, 200.0), SEED);
    RunSettings run =
        new RunSettings(
            4,
            10 * 0.75,
            block.numRows(),
            StepSize.constant(0.1),
            Optimizers.byName("momentum").orElseThrow(),
            null,
            SEED,
            slow,
            Duration.ofSeconds(30),
            4);
    SyncSettings settings =
        new SyncSettings(run, SyncSettings.Algorithm.SGD).with(aggregation).withBackupWorkers(1);
    TrainingRun trained = train(objective(new LogisticLoss()), same, settings);

    RunSettings all = run.withoutTarget(10).withStragglers(Stragglers.none());
    TrainingRun expected =
        train(
            objective(new LogisticLoss()), same, new SyncSettings(all, SyncSettings.Algorithm.SGD));
    assertThat(trained.updates()).isEqualTo(10).isEqualTo(expected.updates());
    assertThat(trained.weights()).containsExactly(expected.weights(), within(1e-12));
    assertThat(trained.batches()).isEqualTo(30);
    assertThat(trained.workers().get(2).batches()).isLessThan(5);
    assertThat(trained.counters().get("droppedGradients")).isPositive();
    assertThat(trained.settings()).containsEntry("backup-workers", "1");
  }

  @Test
  void aWorkerThatThrowsIsNoSlowWorker() {
    Optimizer optimizer = Optimizers.byName("sgd").orElseThrow();
    SyncSettings settings =
        settings(optimizer, 40, 0.1, null, Duration.ofSeconds(100))
            .with(Aggregation.ALL_REDUCE)
            .withBackupWorkers(1);
    assertThatThrownBy(() -> train(objective(new FailingLoss()), settings))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no derivative at 5");
  }

  @Test
  void nothingAsLargeAsTheModelComesBackUnlessItIsWanted() {
    Optimizer optimizer = Optimizers.byName("sgd").orElseThrow();
    SyncSettings settings = settings(optimizer, 8, 0.1, null, Duration.ofSeconds(30));
    TrainingRun trained =
        train(
            objective(new LogisticLoss()), settings.with(Aggregation.ALL_REDUCE).withoutWeights());
    assertThat(trained.weights()).isNull();
    assertThat(trained.finalObjective()).isLessThan(Math.log(2));
  }

  @Test
  void whatAWorkerThrowsEndsTheRunWithItsNameAndSoonerThanAnyBound() {
    Optimizer optimizer = Optimizers.byName("sgd").orElseThrow();
    SyncSettings settings = settings(optimizer, 8, 0.1, null, Duration.ofSeconds(100));
    assertThatThrownBy(
            () -> train(objective(new FailingLoss()), settings.with(Aggregation.ALL_REDUCE)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("failed: workers [")
        .hasMessageContaining("no derivative at 5");
  }

  @Test
  void quasiNewtonVectorsAreNotSliced() {
    RunSettings run =
        settings(Optimizers.byName("sgd").orElseThrow(), 8, 0.1, null, Duration.ofSeconds(1)).run();
    assertThatThrownBy(
            () ->
                new SyncSettings(run, SyncSettings.Algorithm.LBFGS)
                    .with(Aggregation.REDUCE_SCATTER))
        .hasMessageContaining("--aggregation reduce-scatter: --sync-algorithm lbfgs")
        .hasMessageContaining("goes with tree and all-reduce");
  }

  /** Fails at the label that only the last worker has. */
  private static final class FailingLoss implements Loss {
    private static final long serialVersionUID = 1L;
    private final SquaredLoss values = new SquaredLoss();

    @Override
    public String name() {
      return "failing";
    }

    @Override
    public double value(double score, double label) {
      return values.value(score, label);
    }

    @Override
    public double derivative(double score, double label) {
      if (label == 5) {
        throw new IllegalStateException("no derivative at 5");
      }
      return values.derivative(score, label);
    }

    @Override
    public double curvatureBound() {
      return 1;
    }

    @Override
    public LabelKind labelKind() {
      return LabelKind.REAL;
    }
  }

  private static Objective objective(Loss loss) {
    return new Objective(new LinearModel(loss, FEATURES, true), 1e-2);
  }

  private static SyncSettings settings(
      Optimizer optimizer, int batch, double stepSize, @Nullable Double target, Duration maxWait) {
    return new SyncSettings(
        new RunSettings(
            WORKERS,
            60,
            batch,
            StepSize.constant(stepSize),
            optimizer,
            target,
            SEED,
            Stragglers.none(),
            maxWait,
            20),
        SyncSettings.Algorithm.SGD);
  }

  private static TrainingRun train(Objective objective, SyncSettings settings) {
    return train(objective, data(blocks()), settings);
  }

  private static TrainingRun train(Objective objective, TrainingData data, SyncSettings settings) {
    return new SyncTrainer().train(objective, data, settings, ProgressListener.SILENT);
  }

  private static List<ExampleBlock> blocks() {
    SplittableRandom random = new SplittableRandom(SEED);
    List<ExampleBlock> blocks = new ArrayList<>();
    for (int worker = 0; worker < WORKERS; worker++) {
      double[] labels = new double[24 + worker];
      double[] values = new double[labels.length * FEATURES];
      for (int r = 0; r < labels.length; r++) {
        double score = 0;
        for (int j = 0; j < FEATURES; j++) {
          double v = random.nextDouble(-1, 1);
          values[r * FEATURES + j] = v;
          score += v * (j - 2);
        }
        labels[r] = score + random.nextDouble(-1, 1) > 0 ? 1 : -1;
      }
      if (worker == WORKERS - 1) {
        labels[0] = 5;
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
    return TrainingData.of(rdd, FEATURES, rows, Arrays.stream(rows).sum() * FEATURES, 1);
  }
}
