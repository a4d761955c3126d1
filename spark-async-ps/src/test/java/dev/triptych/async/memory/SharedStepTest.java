package dev.triptych.async.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.core.data.BatchSampler;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.FeatureFrequency;
import dev.triptych.core.data.SparseBatch;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.loss.SquaredLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.AdaGrad;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.OptimizerState;
import dev.triptych.core.optimizer.Sgd;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** One thread in shared memory against serial code that knows nothing of it. */
class SharedStepTest {
  private static final long SEED = 20261124;
  private static final int FEATURES = 60;
  private static final int ROWS = 40;
  private static final int STEPS = 90;

  @Test
  void oneThreadIsSerialSparseSgdBitForBit() {
    for (boolean ones : new boolean[] {true, false}) {
      ExampleBlock block = rows(ones);
      for (Optimizer optimizer : List.of(new Sgd(), new AdaGrad())) {
        for (int batch : new int[] {1, 7}) {
          for (double lambda : new double[] {0, 1e-2}) {
            Objective objective =
                new Objective(new LinearModel(new LogisticLoss(), FEATURES, true), lambda);
            assertThat(shared(objective, block, optimizer, batch, frequency(block)))
                .as(
                    "seed %d, ones %s, %s, batch %d, lambda %s",
                    SEED, ones, optimizer, batch, lambda)
                .containsExactly(serialSparse(objective, block, optimizer, batch));
          }
        }
      }
    }
  }

  @Test
  void oneThreadIsSerialDenseSgdBitForBit() {
    ExampleBlock block = rows(false);
    Objective objective = new Objective(new LinearModel(new LogisticLoss(), FEATURES, true), 1e-2);
    for (Optimizer optimizer : List.of(new Sgd(), new AdaGrad())) {
      BatchSampler sampler = new BatchSampler(ROWS, 7, SEED, 0);
      double[] weights = new double[FEATURES + 1];
      double[] gradient = new double[FEATURES + 1];
      OptimizerState state = optimizer.newState(weights.length);
      for (long step = 0; step < STEPS; step++) {
        int from = sampler.seek(step);
        objective.batchGradient(block, sampler.rows(), from, from + 7, weights, gradient);
        optimizer.apply(weights, gradient, stepSize(step), state);
      }
      assertThat(shared(objective, block, optimizer, 7, null))
          .as("seed %d, %s", SEED, optimizer)
          .containsExactly(weights);
    }
  }

  @Test
  void plainSgdTakesTheShortWays() {
    Objective objective = new Objective(new LinearModel(new LogisticLoss(), FEATURES, true), 0);
    assertThat(step(objective, rows(true), new Sgd(), 1, frequency(rows(true))))
        .isInstanceOf(RowStep.class);
    assertThat(step(objective, rows(true), new Sgd(), 7, frequency(rows(true))))
        .isInstanceOf(BatchStep.class);
    assertThat(step(objective, rows(true), new AdaGrad(), 1, frequency(rows(true))))
        .isInstanceOf(SparseStep.class);
  }

  @Test
  void numbersThatAreNotFiniteAreSeen() {
    Objective squares = new Objective(new LinearModel(new SquaredLoss(), FEATURES, false), 0);
    for (boolean ones : new boolean[] {true, false}) {
      ExampleBlock block = rows(ones);
      for (FeatureFrequency frequency : new FeatureFrequency[] {frequency(block), null}) {
        SharedStep step = step(squares, block, new Sgd(), 1, frequency);
        long last = 0;
        while (last < 10_000 && step.read(last)) {
          step.write(1e20);
          last++;
        }
        assertThat(last).as("seed %d", SEED).isBetween(1L, 1000L);
      }
    }
  }

  private static double[] shared(
      Objective objective,
      ExampleBlock block,
      Optimizer optimizer,
      int batch,
      FeatureFrequency frequency) {
    SharedWeights weights = new SharedWeights(objective.model().numParameters(), optimizer);
    SharedStep steps =
        SharedSteps.of(
            objective, block, new BatchSampler(ROWS, batch, SEED, 0), weights, frequency, 1);
    for (long step = 0; step < STEPS; step++) {
      assertThat(steps.read(step)).isTrue();
      steps.write(stepSize(step));
    }
    return weights.copy();
  }

  private static SharedStep step(
      Objective objective,
      ExampleBlock block,
      Optimizer optimizer,
      int batch,
      FeatureFrequency frequency) {
    return SharedSteps.of(
        objective,
        block,
        new BatchSampler(ROWS, batch, SEED, 0),
        new SharedWeights(objective.model().numParameters(), optimizer),
        frequency,
        1);
  }

  private static double[] serialSparse(
      Objective objective, ExampleBlock block, Optimizer optimizer, int batch) {
    BatchSampler sampler = new BatchSampler(ROWS, batch, SEED, 0);
    double[] weights = new double[FEATURES + 1];
    OptimizerState state = optimizer.newState(weights.length);
    for (long step = 0; step < STEPS; step++) {
      int from = sampler.seek(step);
      SparseBatch rows = SparseBatch.of(block, sampler.rows(), from, from + batch);
      int[] keys = Arrays.copyOf(rows.keys(), rows.keys().length + 1);
      keys[keys.length - 1] = FEATURES;
      double[] compact = new double[keys.length];
      for (int k = 0; k < keys.length; k++) {
        compact[k] = weights[keys[k]];
      }
      double[] gradient = new double[keys.length];
      objective.sparseGradient(rows, frequency(block), compact, gradient);
      optimizer.applySparse(weights, keys, gradient, stepSize(step), state);
    }
    return weights;
  }

  private static double stepSize(long step) {
    return 0.3 / Math.sqrt(1 + step);
  }

  private static FeatureFrequency frequency(ExampleBlock block) {
    int[] counts = new int[FEATURES];
    block.countStored(counts);
    return new FeatureFrequency(ROWS, counts);
  }

  private static ExampleBlock rows(boolean ones) {
    SplittableRandom random = new SplittableRandom(SEED);
    double[] labels = new double[ROWS];
    int[] offsets = new int[ROWS + 1];
    int[] columns = new int[ROWS * FEATURES];
    double[] values = new double[ROWS * FEATURES];
    int entry = 0;
    for (int row = 0; row < ROWS; row++) {
      labels[row] = random.nextBoolean() ? 1 : -1;
      for (int column = 0; column < FEATURES; column++) {
        if (random.nextInt(4) == 0) {
          columns[entry] = column;
          values[entry++] = ones ? 1 : random.nextDouble(-1, 1);
        }
      }
      offsets[row + 1] = entry;
    }
    return ExampleBlock.sparse(
        FEATURES, labels, offsets, Arrays.copyOf(columns, entry), Arrays.copyOf(values, entry));
  }
}
