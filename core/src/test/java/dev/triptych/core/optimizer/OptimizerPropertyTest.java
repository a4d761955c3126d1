package dev.triptych.core.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.core.RandomBlocks;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class OptimizerPropertyTest {
  @Property(tries = 300, seed = "1")
  void sparseUpdatesAreDenseUpdatesWithZerosBitForBit(
      @ForAll("optimizers") Optimizer optimizer,
      @ForAll @IntRange(min = 1, max = 30) int length,
      @ForAll @IntRange(min = 1, max = 10) int numSteps,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] denseWeights = RandomBlocks.vector(random, length, 2);
    double[] sparseWeights = denseWeights.clone();
    OptimizerState denseState = optimizer.newState(length);
    OptimizerState sparseState = optimizer.newState(length);
    for (int t = 0; t < numSteps; t++) {
      double[] gradient = RandomBlocks.vector(random, length, 2);
      int[] indices = new int[length];
      double[] values = new double[length];
      int numStored = 0;
      for (int j = 0; j < length; j++) {
        if (random.nextBoolean()) {
          indices[numStored] = j;
          values[numStored] = gradient[j];
          numStored++;
        } else {
          gradient[j] = 0;
        }
      }
      double stepSize = random.nextDouble();
      optimizer.apply(denseWeights, gradient, stepSize, denseState);
      optimizer.applySparse(
          sparseWeights,
          Arrays.copyOf(indices, numStored),
          Arrays.copyOf(values, numStored),
          stepSize,
          sparseState);
    }
    assertThat(bits(sparseWeights)).containsExactly(bits(denseWeights));
    assertThat(sparseState.numUpdates()).isEqualTo(numSteps);
  }

  @Property(tries = 300, seed = "2")
  void slicesGiveTheWeightsOfTheWholeBitForBit(
      @ForAll("optimizers") Optimizer optimizer,
      @ForAll @IntRange(min = 1, max = 30) int length,
      @ForAll @IntRange(min = 1, max = 7) int numSlices,
      @ForAll @IntRange(min = 1, max = 10) int numSteps,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] whole = RandomBlocks.vector(random, length, 2);
    OptimizerState wholeState = optimizer.newState(length);
    double[][] slices = new double[numSlices][];
    OptimizerState[] sliceStates = new OptimizerState[numSlices];
    for (int s = 0; s < numSlices; s++) {
      slices[s] = slice(whole, s, numSlices);
      sliceStates[s] = optimizer.newState(slices[s].length);
    }
    for (int t = 0; t < numSteps; t++) {
      double[] gradient = RandomBlocks.vector(random, length, 2);
      double stepSize = random.nextDouble();
      optimizer.apply(whole, gradient, stepSize, wholeState);
      for (int s = 0; s < numSlices; s++) {
        optimizer.apply(slices[s], slice(gradient, s, numSlices), stepSize, sliceStates[s]);
      }
    }
    for (int s = 0; s < numSlices; s++) {
      assertThat(bits(slices[s])).containsExactly(bits(slice(whole, s, numSlices)));
    }
  }

  @Property(tries = 100, seed = "3")
  void gradientsAreOnlyRead(@ForAll("optimizers") Optimizer optimizer, @ForAll long seed) {
    double[] gradient = RandomBlocks.vector(new SplittableRandom(seed), 8, 2);
    double[] before = gradient.clone();
    OptimizerState state = optimizer.newState(8);
    optimizer.apply(new double[8], gradient, 0.1, state);
    optimizer.applySparse(new double[8], RandomBlocks.identity(8), gradient, 0.1, state);
    assertThat(gradient).containsExactly(before);
  }

  @Provide
  Arbitrary<Optimizer> optimizers() {
    return Arbitraries.of(Optimizers.names()).map(name -> Optimizers.byName(name).orElseThrow());
  }

  private static double[] slice(double[] whole, int index, int numSlices) {
    return Arrays.copyOfRange(
        whole, index * whole.length / numSlices, (index + 1) * whole.length / numSlices);
  }

  private static long[] bits(double[] vector) {
    return Arrays.stream(vector).mapToLong(Double::doubleToRawLongBits).toArray();
  }
}
