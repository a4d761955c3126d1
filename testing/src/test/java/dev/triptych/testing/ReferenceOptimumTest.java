package dev.triptych.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.loss.SquaredHingeLoss;
import dev.triptych.core.loss.SquaredLoss;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReferenceOptimumTest {
  @Test
  void noiselessLeastSquaresHasItsWeightsAsOptimum() {
    List<ExampleBlock> blocks = GeneratedData.leastSquares(3, 50, 6, 0, 1);

    ReferenceOptimum optimum = ReferenceOptimum.minimise(new SquaredLoss(), 0, false, blocks);

    assertThat(optimum.objective()).isCloseTo(0, within(1e-15));
    for (int j = 0; j < 6; j++) {
      assertThat(optimum.weights()[j]).isCloseTo(1.0 / (1 + j), within(1e-7));
    }
  }

  @Test
  void oneDimensionalRidgeIsSolvedByItsFormula() {
    // F(w) = (1/2)·[½(2w−1)² + ½(w−4)²] + (λ/2)w², so w = (1/2)(2+4) / ((4+1)/2 + λ).
    ExampleBlock block = ExampleBlock.dense(1, new double[] {1, 4}, new double[] {2, 1});

    ReferenceOptimum optimum =
        ReferenceOptimum.minimise(new SquaredLoss(), 0.5, false, List.of(block));

    assertThat(optimum.weights()[0]).isCloseTo(1, within(1e-9));
    assertThat(optimum.objective()).isCloseTo(0.5 * (0.5 + 4.5) + 0.25, within(1e-12));
  }

  @Test
  void anInterceptAloneFitsTheLogOdds() {
    ExampleBlock block =
        ExampleBlock.dense(1, new double[] {1, 1, 1, -1}, new double[] {0, 0, 0, 0});

    ReferenceOptimum optimum =
        ReferenceOptimum.minimise(new LogisticLoss(), 1, true, List.of(block));

    assertThat(optimum.weights()[1]).isCloseTo(Math.log(3), within(1e-7));
  }

  @Test
  void noNeighbourIsBetter() {
    List<ExampleBlock> dense = GeneratedData.logistic(2, 200, 5, 2);
    List<ExampleBlock> sparse = GeneratedData.sparseLogistic(2, 200, 30, 4, 3);
    long seed = 4;
    Random random = new Random(seed);
    for (List<ExampleBlock> blocks : List.of(dense, sparse)) {
      for (var loss : List.of(new LogisticLoss(), new SquaredHingeLoss())) {
        ReferenceOptimum optimum = ReferenceOptimum.minimise(loss, 1e-2, true, blocks);
        int numFeatures = blocks.get(0).numFeatures();
        for (int i = 0; i < 50; i++) {
          double[] other = optimum.weights().clone();
          for (int j = 0; j < other.length; j++) {
            other[j] += 1e-3 * random.nextGaussian();
          }
          assertThat(ReferenceOptimum.value(other, loss, 1e-2, numFeatures, blocks))
              .as("%s, seed %d", loss.name(), seed)
              .isGreaterThan(optimum.objective());
        }
      }
    }
  }

  @Test
  void aFeatureThatNeverOccursLeavesNoUniqueOptimumWithoutPenalty() {
    ExampleBlock block = ExampleBlock.dense(2, new double[] {1, 2}, new double[] {1, 0, 3, 0});

    assertThatThrownBy(() -> ReferenceOptimum.minimise(new SquaredLoss(), 0, false, List.of(block)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("not strictly convex");
  }
}
