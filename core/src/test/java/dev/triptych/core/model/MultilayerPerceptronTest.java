package dev.triptych.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.RandomBlocks;
import dev.triptych.core.data.ExampleBlock;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MultilayerPerceptronTest {
  private static final int ROWS = 300;

  @Test
  void manyRowsAreTheSumOfThemOneByOne() {
    manyRowsAreTheSumOfThemOneByOne(new MultilayerPerceptron(8, 5, 4, 3));
  }

  @Test
  void manyRowsOfAWideLayerAreTheSumOfThemOneByOne() {
    manyRowsAreTheSumOfThemOneByOne(new MultilayerPerceptron(8, 45, 3));
  }

  private static void manyRowsAreTheSumOfThemOneByOne(MultilayerPerceptron model) {
    SplittableRandom random = new SplittableRandom(3);
    ExampleBlock sparse = RandomBlocks.sparse(random, ROWS, 8);
    double[] labels = new double[ROWS];
    for (int r = 0; r < ROWS; r++) {
      labels[r] = random.nextInt(3);
    }
    double[] weights = model.initialWeights(1).toArray(model.numParameters());
    for (ExampleBlock block :
        new ExampleBlock[] {
          sparse.withLabels(labels), RandomBlocks.densified(sparse).withLabels(labels)
        }) {
      double[] together = new double[weights.length];
      double lossSum = model.addLossGradient(block, weights, 1, together);
      double[] oneByOne = new double[weights.length];
      for (int r = 0; r < ROWS; r++) {
        model.addGradient(block, new int[] {r}, 0, 1, weights, 1, oneByOne);
      }
      assertThat(together).containsExactly(oneByOne, within(1e-10));
      assertThat(lossSum).isCloseTo(model.lossSum(block, weights), within(1e-10));
    }
  }

  @Test
  void weightsOfALayerStartWithinGlorotsBoundsAndBiasesAtZero() {
    MultilayerPerceptron model = new MultilayerPerceptron(100, 20, 10);
    double[] start = model.initialWeights(7).toArray(model.numParameters());
    double squares = 0;
    for (int j = 0; j < model.numParameters(); j++) {
      double bound = j < 2000 ? 4 * Math.sqrt(6.0 / 120) : j < 2200 ? Math.sqrt(6.0 / 30) : 0;
      assertThat(Math.abs(start[j])).isLessThanOrEqualTo(bound);
      squares += j < 2000 ? start[j] * start[j] / (bound * bound) : 0;
    }
    // The mean square of a uniform draw from [-1, 1) is 1/3.
    assertThat(squares / 2000).isCloseTo(1.0 / 3, within(0.03));
  }

  @Test
  void layersThatMakeNoNetworkAreRefused() {
    assertThatThrownBy(() -> new MultilayerPerceptron(4, 3)).hasMessageContaining("hidden layer");
    assertThatThrownBy(() -> new MultilayerPerceptron(4, 0, 3)).hasMessageContaining("0 units");
    assertThatThrownBy(() -> new MultilayerPerceptron(4, 2, 1)).hasMessageContaining("2 classes");
    assertThatThrownBy(() -> new MultilayerPerceptron(1 << 20, 1 << 12, 2))
        .hasMessageContaining("larger than an array");
  }
}
