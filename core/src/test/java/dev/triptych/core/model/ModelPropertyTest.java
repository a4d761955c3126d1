package dev.triptych.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.RandomBlocks;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.FeatureFrequency;
import dev.triptych.core.data.SparseBatch;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.loss.SquaredLoss;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What holds for every model with several parameters per feature. */
class ModelPropertyTest {
  private static final double EXACT = 1e-11;
  private static final int NUM_FEATURES = 6;

  /** Models under test. */
  enum Kind {
    SOFTMAX {
      @Override
      Model model() {
        return new Softmax(4, NUM_FEATURES, false);
      }
    },
    SOFTMAX_WITH_INTERCEPTS {
      @Override
      Model model() {
        return new Softmax(3, NUM_FEATURES, true);
      }
    },
    MACHINE_OF_CLASSES {
      @Override
      Model model() {
        return new FactorizationMachine(new LogisticLoss(), NUM_FEATURES, 3, true, true, 0.1);
      }
    },
    MACHINE_OF_NUMBERS {
      @Override
      Model model() {
        return new FactorizationMachine(new SquaredLoss(), NUM_FEATURES, 2, false, false, 0.1);
      }
    },
    MATRIX_FACTORIZATION {
      @Override
      Model model() {
        return new MatrixFactorization(2, NUM_FEATURES - 2, 2, true, 0.7, 0.1);
      }
    },
    ONE_HIDDEN_LAYER {
      @Override
      Model model() {
        return new MultilayerPerceptron(NUM_FEATURES, 4, 3);
      }
    },
    TWO_HIDDEN_LAYERS {
      @Override
      Model model() {
        return new MultilayerPerceptron(NUM_FEATURES, 3, 5, 3);
      }
    };

    abstract Model model();
  }

  @Property(tries = 300, seed = "1")
  void fullGradientIsTheFiniteDifferenceOfTheValue(
      @ForAll Kind kind,
      @ForAll("lambdas") double lambda,
      @ForAll boolean dense,
      @ForAll boolean ones,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Model model = kind.model();
    ExampleBlock block = block(random, model, 9, dense, ones);
    Objective objective = new Objective(model, new Regularizer(lambda, lambda / 3));
    double[] weights = RandomBlocks.vector(random, model.numParameters(), 1);
    double[] gradient = fullGradient(objective, block, weights);
    double step = 1e-5;
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

  @Property(tries = 200, seed = "2")
  void lossAndGradientInOnePassAreThoseOfTwo(
      @ForAll Kind kind, @ForAll boolean dense, @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Model model = kind.model();
    ExampleBlock block = block(random, model, 9, dense, false);
    double[] weights = RandomBlocks.vector(random, model.numParameters(), 1);
    double[] together = new double[weights.length];
    double lossSum = model.addLossGradient(block, weights, 0.3, together);
    double[] apart = new double[weights.length];
    model.addGradient(block, RandomBlocks.identity(9), 0, 9, weights, 0.3, apart);
    assertThat(lossSum).isCloseTo(model.lossSum(block, weights), within(EXACT));
    assertThat(together).containsExactly(apart, within(EXACT));
  }

  @Property(tries = 100, seed = "3")
  void sparseGradientsOfAllSubsetsAverageToTheFullGradientRegularizerIncluded(
      @ForAll Kind kind,
      @ForAll("lambdas") double lambda,
      @ForAll boolean dense,
      @ForAll boolean ones,
      @ForAll @IntRange(min = 1, max = 6) int batchSize,
      @ForAll long seed) {
    int numRows = 6;
    SplittableRandom random = new SplittableRandom(seed);
    Model model = kind.model();
    ExampleBlock block = block(random, model, numRows, dense, ones);
    Objective objective = new Objective(model, new Regularizer(lambda, lambda / 3));
    double[] weights = reachableWeights(random, model, block);
    double[] sum = new double[weights.length];
    int numSubsets = 0;
    for (int members = 0; members < 1 << numRows; members++) {
      if (Integer.bitCount(members) == batchSize) {
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
    }
    for (int j = 0; j < sum.length; j++) {
      sum[j] /= numSubsets;
    }
    assertThat(sum).containsExactly(fullGradient(objective, block, weights), within(EXACT));
  }

  @Property(tries = 100, seed = "4")
  void anExampleOfWeightTwoCountsAsTwo(@ForAll Kind kind, @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Model model = kind.model();
    ExampleBlock once = block(random, model, 3, false, false).withWeights(null);
    double[] weights = RandomBlocks.vector(random, model.numParameters(), 1);
    int[] rows = {0, 1, 2, 2};
    double[] repeated = new double[weights.length];
    model.addGradient(once, rows, 0, 4, weights, 1, repeated);
    double[] weighted = new double[weights.length];
    ExampleBlock withWeights = once.withWeights(new double[] {1, 1, 2});
    model.addGradient(withWeights, rows, 0, 3, weights, 1, weighted);
    assertThat(weighted).containsExactly(repeated, within(EXACT));
    assertThat(model.lossSum(withWeights, weights))
        .isCloseTo(
            model.lossSum(once.withWeights(new double[] {1, 1, 1}), weights)
                + model.lossSum(once.withWeights(new double[] {0, 0, 1}), weights),
            within(EXACT));
  }

  @Property(tries = 100, seed = "5")
  void theParametersOfTheFeaturesComeFirstAndArePenalised(@ForAll Kind kind) {
    Model model = kind.model();
    assertThat(model.numFeatureParameters())
        .isEqualTo(NUM_FEATURES * model.parametersPerFeature())
        .isLessThanOrEqualTo(model.numPenalised());
    assertThat(model.numPenalised()).isLessThanOrEqualTo(model.numParameters());
    Model smaller = model.withNumFeatures(2);
    assertThat(smaller.numParameters() - smaller.numFeatureParameters())
        .isEqualTo(model.numParameters() - model.numFeatureParameters());
  }

  @Property(tries = 100, seed = "6")
  void aSliceStartsAsItsPartOfTheWholeDoes(
      @ForAll Kind kind, @ForAll long seed, @ForAll @IntRange(min = 0, max = 5) int from) {
    Model model = kind.model();
    InitialWeights initial = model.initialWeights(seed);
    double[] all = initial.toArray(model.numParameters());
    int length = model.numParameters() - from;
    assertThat(initial.slice(from, length).toArray(length))
        .containsExactly(Arrays.copyOfRange(all, from, all.length));
    assertThat(new InitialWeights.Given(all).slice(from, length).toArray(length))
        .containsExactly(Arrays.copyOfRange(all, from, all.length));
  }

  @Provide
  Arbitrary<Double> lambdas() {
    return Arbitraries.of(0.0, 1e-4, 0.3, 2.0);
  }

  private static ExampleBlock block(
      SplittableRandom random, Model model, int numRows, boolean dense, boolean ones) {
    ExampleBlock block = RandomBlocks.sparse(random, numRows, NUM_FEATURES, ones);
    block = block.withLabels(labels(random, model, numRows));
    ExampleBlock laidOut = dense ? RandomBlocks.densified(block) : block;
    return random.nextBoolean()
        ? laidOut.withWeights(RandomBlocks.positive(random, numRows, 2))
        : laidOut;
  }

  private static double[] labels(SplittableRandom random, Model model, int numRows) {
    double[] labels = new double[numRows];
    for (int r = 0; r < numRows; r++) {
      labels[r] =
          switch (model.labelKind()) {
            case BINARY -> random.nextBoolean() ? 1 : -1;
            case REAL -> 4 * random.nextDouble() - 2;
            case COUNT -> random.nextInt(5);
            case CLASS -> random.nextInt(3);
          };
    }
    return labels;
  }

  /** Random weights; a feature that no example stores has zeros, where the penalty is flat. */
  private static double[] reachableWeights(
      SplittableRandom random, Model model, ExampleBlock block) {
    double[] weights = RandomBlocks.vector(random, model.numParameters(), 1);
    int[] counts = new int[NUM_FEATURES];
    block.countStored(counts);
    int perFeature = model.parametersPerFeature();
    for (int j = 0; j < NUM_FEATURES; j++) {
      if (counts[j] == 0) {
        Arrays.fill(weights, j * perFeature, (j + 1) * perFeature, 0);
      }
    }
    return weights;
  }

  /** Computes in compact coordinates and scatters the result back. */
  private static void addSparseGradient(
      Objective objective, ExampleBlock block, int[] rows, double[] weights, double[] sum) {
    Model model = objective.model();
    int[] counts = new int[NUM_FEATURES];
    block.countStored(counts);
    SparseBatch batch = SparseBatch.of(block, rows, 0, rows.length);
    int[] features = batch.keys();
    int perFeature = model.parametersPerFeature();
    int shared = model.numParameters() - model.numFeatureParameters();
    int[] keys = new int[features.length * perFeature + shared];
    int next = 0;
    for (int feature : features) {
      for (int p = 0; p < perFeature; p++) {
        keys[next++] = feature * perFeature + p;
      }
    }
    for (int s = 0; s < shared; s++) {
      keys[next++] = model.numFeatureParameters() + s;
    }
    double[] compact = new double[keys.length];
    for (int k = 0; k < keys.length; k++) {
      compact[k] = weights[keys[k]];
    }
    // Buffers of workers are larger than one batch needs and hold the last batch's numbers.
    double[] gradient = new double[keys.length + 2];
    Arrays.fill(gradient, 99);
    objective.sparseGradient(
        batch, new FeatureFrequency(block.numRows(), counts), compact, gradient);
    for (int k = 0; k < keys.length; k++) {
      sum[keys[k]] += gradient[k];
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
}
