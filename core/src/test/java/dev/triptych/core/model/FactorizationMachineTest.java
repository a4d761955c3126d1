package dev.triptych.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.RandomBlocks;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.SquaredLoss;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FactorizationMachineTest {
  private static final int FEATURES = 7;
  private static final int FACTORS = 3;

  @Test
  void theScoreIsRendlesDefinitionPairByPair() {
    SplittableRandom random = new SplittableRandom(1);
    ExampleBlock block = RandomBlocks.sparse(random, 20, FEATURES);
    FactorizationMachine model =
        new FactorizationMachine(new SquaredLoss(), FEATURES, FACTORS, true, true, 0.1);
    double[] w = RandomBlocks.vector(random, model.numParameters(), 2);
    double[] x = new double[FEATURES];
    for (int row = 0; row < 20; row++) {
      Arrays.fill(x, 0);
      block.addRow(row, 1, x);
      double score = w[FEATURES * (FACTORS + 1)];
      for (int i = 0; i < FEATURES; i++) {
        score += w[i * (FACTORS + 1)] * x[i];
        for (int j = i + 1; j < FEATURES; j++) {
          double product = 0;
          for (int f = 1; f <= FACTORS; f++) {
            product += w[i * (FACTORS + 1) + f] * w[j * (FACTORS + 1) + f];
          }
          score += product * x[i] * x[j];
        }
      }
      assertThat(model.score(block, row, w)).isCloseTo(score, within(1e-12));
    }
  }

  @Test
  void aRatingIsMeanBiasesAndTheProductOfTheFactors() {
    MatrixFactorization model = new MatrixFactorization(2, 3, 2, true, 3.5, 0.1);
    double[] w = RandomBlocks.vector(new SplittableRandom(2), model.numParameters(), 2);
    // user 1, item 2
    ExampleBlock block =
        ExampleBlock.sparse(5, new double[] {4}, new int[] {0, 2}, new int[] {1, 4}, null);
    double rating = 3.5 + w[3] + w[12] + w[4] * w[13] + w[5] * w[14];
    assertThat(model.score(block, 0, w)).isCloseTo(rating, within(1e-14));
    assertThat(model.lossSum(block, w)).isCloseTo(0.5 * (rating - 4) * (rating - 4), within(1e-14));
  }

  @Test
  void linearWeightsStartAtZeroAndFactorsDoNot() {
    FactorizationMachine model =
        new FactorizationMachine(new SquaredLoss(), FEATURES, FACTORS, true, true, 0.1);
    double[] start = model.initialWeights(5).toArray(model.numParameters());
    for (int j = 0; j < start.length; j++) {
      if (j % (FACTORS + 1) == 0) {
        assertThat(start[j]).isZero();
      } else {
        assertThat(start[j]).isNotZero().isBetween(-0.1, 0.1);
      }
    }
    assertThat(model.initialWeights(6).at(1)).isNotEqualTo(start[1]);
  }

  @Test
  void factorsThatWouldStayAtZeroAreRefused() {
    assertThatThrownBy(
            () -> new FactorizationMachine(new SquaredLoss(), FEATURES, FACTORS, true, true, 0))
        .hasMessageContaining("must not start at 0");
  }
}
