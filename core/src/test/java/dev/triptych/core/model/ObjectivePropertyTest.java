package dev.triptych.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.RandomBlocks;
import dev.triptych.core.data.BatchSampler;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.FeatureFrequency;
import dev.triptych.core.data.SparseBatch;
import dev.triptych.core.loss.HingeLoss;
import dev.triptych.core.loss.Loss;
import dev.triptych.core.loss.Losses;
import dev.triptych.core.loss.PoissonLoss;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class ObjectivePropertyTest {
  private static final double EXACT = 1e-12;
  private static final int NUM_FEATURES = 6;

  @Property(tries = 500, seed = "1")
  void fullGradientIsTheFiniteDifferenceOfTheValue(
      @ForAll("losses") Loss loss,
      @ForAll boolean intercept,
      @ForAll("lambdas") double lambda,
      @ForAll boolean dense,
      @ForAll boolean ones,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    ExampleBlock block = block(random, 9, dense, ones);
    Objective objective = objective(loss, intercept, lambda);
    double[] weights = RandomBlocks.vector(random, objective.model().numParameters(), scale(loss));
    double step = 1e-6;
    if (loss instanceof HingeLoss) {
      Assume.that(marginsKeepAwayFromOne(objective.model(), block, weights, 1e-4));
    }

    double[] gradient = fullGradient(objective, block, weights);

    for (int j = 0; j < weights.length; j++) {
      double[] up = weights.clone();
      double[] down = weights.clone();
      up[j] += step;
      down[j] -= step;
      double difference =
          (value(objective, block, up) - value(objective, block, down)) / (2 * step);
      assertThat(gradient[j])
          .as("coordinate %d", j)
          .isCloseTo(difference, within(1e-6 * (1 + Math.abs(difference))));
    }
  }

  @Property(tries = 300, seed = "2")
  void batchGradientsOfOneEpochAverageToTheFullGradient(
      @ForAll("losses") Loss loss,
      @ForAll boolean intercept,
      @ForAll("lambdas") double lambda,
      @ForAll boolean dense,
      @ForAll("divisorsOf12") int batchSize,
      @ForAll @LongRange(min = 0, max = 50) long epoch,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    ExampleBlock block = block(random, 12, dense, false);
    Objective objective = objective(loss, intercept, lambda);
    double[] weights = RandomBlocks.vector(random, objective.model().numParameters(), scale(loss));
    BatchSampler sampler = new BatchSampler(12, batchSize, seed, 0);
    int numBatches = sampler.batchesPerEpoch();

    double[] mean = new double[weights.length];
    double[] gradient = RandomBlocks.vector(random, weights.length, 9); // must be overwritten
    for (int b = 0; b < numBatches; b++) {
      int from = sampler.seek(epoch * numBatches + b);
      objective.batchGradient(block, sampler.rows(), from, from + batchSize, weights, gradient);
      for (int j = 0; j < mean.length; j++) {
        mean[j] += gradient[j] / numBatches;
      }
    }

    assertThat(mean).containsExactly(fullGradient(objective, block, weights), within(EXACT));
  }

  @Property(tries = 300, seed = "3")
  void sparseGradientsOfAllSubsetsAverageToTheFullGradientRegularizerIncluded(
      @ForAll("losses") Loss loss,
      @ForAll boolean intercept,
      @ForAll("lambdas") double lambda,
      @ForAll boolean dense,
      @ForAll boolean ones,
      @ForAll @IntRange(min = 1, max = 7) int batchSize,
      @ForAll long seed) {
    int numRows = 7;
    SplittableRandom random = new SplittableRandom(seed);
    ExampleBlock block = block(random, numRows, dense, ones);
    Objective objective = objective(loss, intercept, lambda);
    double[] weights = reachableWeights(random, objective.model(), block, scale(loss));

    double[] sum = new double[weights.length];
    int numSubsets = 0;
    for (int members = 0; members < 1 << numRows; members++) {
      if (Integer.bitCount(members) != batchSize) {
        continue;
      }
      int[] rows = new int[batchSize];
      int next = 0;
      for (int r = 0; r < numRows; r++) {
        if ((members >> r & 1) == 1) {
          rows[next++] = r;
        }
      }
      addSparseGradient(objective, block, rows, weights, sum);
      numSubsets++;
    }

    assertThat(scaled(sum, 1.0 / numSubsets))
        .containsExactly(fullGradient(objective, block, weights), within(EXACT));
  }

  @Property(tries = 300, seed = "4")
  void sparseGradientsOfAllCyclicBatchesAverageToTheFullGradient(
      @ForAll("losses") Loss loss,
      @ForAll boolean intercept,
      @ForAll("lambdas") double lambda,
      @ForAll @IntRange(min = 1, max = 11) int batchSize,
      @ForAll long seed) {
    int numRows = 11;
    SplittableRandom random = new SplittableRandom(seed);
    ExampleBlock block = block(random, numRows, false, false);
    Objective objective = objective(loss, intercept, lambda);
    double[] weights = reachableWeights(random, objective.model(), block, scale(loss));

    double[] sum = new double[weights.length];
    for (int start = 0; start < numRows; start++) {
      int[] rows = new int[batchSize];
      for (int i = 0; i < batchSize; i++) {
        rows[i] = (start + i) % numRows;
      }
      addSparseGradient(objective, block, rows, weights, sum);
    }

    assertThat(scaled(sum, 1.0 / numRows))
        .containsExactly(fullGradient(objective, block, weights), within(EXACT));
  }

  @Property(tries = 200, seed = "5")
  void withoutRegularizerTheSparseGradientIsTheDenseOneOfTheSameBatch(
      @ForAll("losses") Loss loss, @ForAll boolean intercept, @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    ExampleBlock block = block(random, 10, false, false);
    Objective objective = objective(loss, intercept, 0);
    double[] weights = RandomBlocks.vector(random, objective.model().numParameters(), scale(loss));
    int[] rows = {8, 1, 5};
    double[] dense = new double[weights.length];
    objective.batchGradient(block, rows, 0, 3, weights, dense);
    double[] sparse = new double[weights.length];
    addSparseGradient(objective, block, rows, weights, sparse);
    assertThat(sparse).containsExactly(dense, within(EXACT));
  }

  @Property(tries = 300, seed = "6")
  void gradientsNeverMoveFasterThanTheCurvatureBound(
      @ForAll("smoothLosses") Loss loss, @ForAll boolean intercept, @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    ExampleBlock block = block(random, 1, true, false);
    Model model = new LinearModel(loss, NUM_FEATURES, intercept);
    Objective objective = new Objective(model, 0);
    double[] left = RandomBlocks.vector(random, model.numParameters(), 2);
    double[] right = RandomBlocks.vector(random, model.numParameters(), 2);
    double[] leftGradient = fullGradient(objective, block, left);
    double[] rightGradient = fullGradient(objective, block, right);
    assertThat(distance(leftGradient, rightGradient))
        .isLessThanOrEqualTo(
            model.curvatureBound(block.squaredNorm(0)) * distance(left, right) + EXACT);
  }

  @Provide
  Arbitrary<Loss> losses() {
    return Arbitraries.of(Losses.names()).map(name -> Losses.byName(name).orElseThrow());
  }

  @Provide
  Arbitrary<Loss> smoothLosses() {
    return losses().filter(loss -> !(loss instanceof HingeLoss) && !(loss instanceof PoissonLoss));
  }

  @Provide
  Arbitrary<Double> lambdas() {
    return Arbitraries.of(0.0, 1e-4, 0.3, 2.0);
  }

  @Provide
  Arbitrary<Integer> divisorsOf12() {
    return Arbitraries.of(1, 2, 3, 4, 6, 12);
  }

  private static Objective objective(Loss loss, boolean intercept, double lambda) {
    return new Objective(
        new LinearModel(loss, NUM_FEATURES, intercept), new Regularizer(lambda, lambda / 3));
  }

  /** Of random weights: rates of the Poisson loss stay near 1. */
  private static double scale(Loss loss) {
    return loss instanceof PoissonLoss ? 0.3 : 2;
  }

  private static ExampleBlock block(
      SplittableRandom random, int numRows, boolean dense, boolean ones) {
    ExampleBlock block = RandomBlocks.sparse(random, numRows, NUM_FEATURES, ones);
    ExampleBlock laidOut = dense ? RandomBlocks.densified(block) : block;
    return numRows > 1 && random.nextBoolean()
        ? laidOut.withWeights(RandomBlocks.positive(random, numRows, 2))
        : laidOut;
  }

  /** Random weights; a feature that no example stores has kept its initial zero. */
  private static double[] reachableWeights(
      SplittableRandom random, Model model, ExampleBlock block, double scale) {
    double[] weights = RandomBlocks.vector(random, model.numParameters(), scale);
    int[] counts = new int[NUM_FEATURES];
    block.countStored(counts);
    for (int j = 0; j < NUM_FEATURES; j++) {
      weights[j] = counts[j] == 0 ? 0 : weights[j];
    }
    return weights;
  }

  /** Computes in compact coordinates and scatters the result back. */
  private static void addSparseGradient(
      Objective objective, ExampleBlock block, int[] rows, double[] weights, double[] sum) {
    int[] counts = new int[NUM_FEATURES];
    block.countStored(counts);
    FeatureFrequency frequency = new FeatureFrequency(block.numRows(), counts);
    SparseBatch batch = SparseBatch.of(block, rows, 0, rows.length);
    int[] keys = batch.keys();
    boolean intercept = weights.length > NUM_FEATURES;
    // Buffers of workers are larger than one batch needs and hold the last batch's numbers.
    double[] compactWeights = new double[weights.length + 1];
    double[] compactGradient = new double[weights.length + 1];
    Arrays.fill(compactGradient, 99);
    for (int k = 0; k < keys.length; k++) {
      compactWeights[k] = weights[keys[k]];
    }
    if (intercept) {
      compactWeights[keys.length] = weights[NUM_FEATURES];
    }
    objective.sparseGradient(batch, frequency, compactWeights, compactGradient);
    for (int k = 0; k < keys.length; k++) {
      sum[keys[k]] += compactGradient[k];
    }
    if (intercept) {
      sum[NUM_FEATURES] += compactGradient[keys.length];
    }
  }

  private static double[] fullGradient(Objective objective, ExampleBlock block, double[] weights) {
    double[] gradient = new double[weights.length];
    objective.batchGradient(
        block, RandomBlocks.identity(block.numRows()), 0, block.numRows(), weights, gradient);
    return gradient;
  }

  private static double value(Objective objective, ExampleBlock block, double[] weights) {
    return objective.value(objective.model().lossSum(block, weights), block.numRows(), weights);
  }

  private static boolean marginsKeepAwayFromOne(
      Model model, ExampleBlock block, double[] weights, double distance) {
    for (int r = 0; r < block.numRows(); r++) {
      if (Math.abs(1 - block.label(r) * model.score(block, r, weights)) < distance) {
        return false;
      }
    }
    return true;
  }

  private static double[] scaled(double[] vector, double factor) {
    double[] result = new double[vector.length];
    for (int j = 0; j < vector.length; j++) {
      result[j] = factor * vector[j];
    }
    return result;
  }

  private static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += (a[j] - b[j]) * (a[j] - b[j]);
    }
    return Math.sqrt(sum);
  }
}
