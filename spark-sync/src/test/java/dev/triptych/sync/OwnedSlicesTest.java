package dev.triptych.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.model.Regularizer;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.OptimizerState;
import dev.triptych.core.optimizer.Optimizers;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnedSlicesTest {
  private static final long SEED = 20261125;
  private static final int FEATURES = 12;

  @ParameterizedTest
  @ValueSource(strings = {"sgd", "momentum", "adagrad", "adam", "ftrl"})
  void slicesInAnyOrderAreTheUpdateOfTheWholeBitForBit(String name) {
    Optimizer optimizer = Optimizers.byName(name).orElseThrow();
    Objective objective =
        new Objective(
            new LinearModel(new LogisticLoss(), FEATURES, true), new Regularizer(0.1, 0.01));
    SplittableRandom random = new SplittableRandom(SEED);
    double[] weights = random.doubles(FEATURES + 1, -1, 1).toArray();
    OwnedSlices slices = new OwnedSlices(objective, optimizer, weights.clone());
    OptimizerState state = optimizer.newState(weights.length);
    int[][] ranges = {{9, 13}, {0, 4}, {4, 9}};
    for (int update = 1; update <= 5; update++) {
      double[] sums = random.doubles(FEATURES + 1, -1, 1).toArray();
      double[] gradient = sums.clone();
      objective.addPenaltyGradient(weights, 1, gradient);
      optimizer.apply(weights, gradient, 0.5, state);

      slices.next(sums, 0.5, update);
      for (int[] range : ranges) {
        slices.completed(range[0], range[1]);
      }
      assertThat(sums).as("update %d, seed %d", update, SEED).containsExactly(weights);
    }
    assertThat(slices.numOwned()).isEqualTo(FEATURES + 1);
  }
}
