package dev.triptych.core.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Three steps from w = 1 with gradients 2, −1, ½ and α = 0.1, worked out independently. */
class OptimizerTest {
  @Test
  void sgdSubtractsTheScaledGradient() {
    assertThat(threeSteps(new Sgd())).containsExactly(new double[] {0.8, 0.9, 0.85}, within(1e-15));
  }

  @Test
  void momentumAddsUpADecayingVelocity() {
    // Velocities 2, 0.8, 1.22.
    assertThat(threeSteps(new Momentum(0.9)))
        .containsExactly(new double[] {0.8, 0.72, 0.598}, within(1e-15));
  }

  @Test
  void adaGradDividesByTheRootOfTheSumOfSquares() {
    // Sums of squares 4, 5, 5.25.
    assertThat(threeSteps(new AdaGrad()))
        .containsExactly(
            new double[] {0.900000000005, 0.9447213595529959, 0.922899570530349}, within(1e-14));
  }

  @Test
  void adamDividesCorrectedMeansByTheRootOfCorrectedSquares() {
    assertThat(threeSteps(new Adam(0.9, 0.999)))
        .containsExactly(
            new double[] {0.9000000005, 0.8733662967024315, 0.8393233821389425}, within(1e-14));
  }

  @Test
  void ftrlWithoutRegularizersStepsLikeAdaGradWithBetaInTheRoot() {
    // From zero weights w ← w − αg/(β + √Σg²): the proximal terms telescope.
    double[] weights = {0};
    Optimizer ftrl = new Ftrl(0.5, 0, 0);
    OptimizerState state = ftrl.newState(1);
    double expected = 0;
    double squares = 0;
    for (double g : new double[] {2, -1, 0.5, 3}) {
      ftrl.apply(weights, new double[] {g}, 0.1, state);
      squares += g * g;
      expected -= 0.1 * g / (0.5 + Math.sqrt(squares));
      assertThat(weights[0]).isCloseTo(expected, within(1e-15));
    }
  }

  @Test
  void ftrlKeepsWeightsAtExactlyZeroWhileTheirGradientsSumToAtMostL1() {
    double[] weights = {0, 0};
    Optimizer ftrl = new Ftrl(1, 2, 0);
    OptimizerState state = ftrl.newState(2);
    ftrl.apply(weights, new double[] {1.5, -2.5}, 0.1, state);
    assertThat(weights[0]).isZero();
    assertThat(weights[1]).isCloseTo(0.1 * 0.5 / (1 + 2.5), within(1e-15));
    ftrl.applySparse(weights, new int[] {0}, new double[] {1.5}, 0.1, state);
    assertThat(weights[0]).isCloseTo(-0.1 / (1 + Math.sqrt(4.5)), within(1e-15));
  }

  @Test
  void ftrlShrinksByL2() {
    double[] weights = {0};
    Optimizer ftrl = new Ftrl(1, 0, 5);
    ftrl.apply(weights, new double[] {3}, 0.1, ftrl.newState(1));
    assertThat(weights[0]).isCloseTo(-3 / ((1 + 3) / 0.1 + 5), within(1e-15));
  }

  @Test
  void momentumZeroIsSgd() {
    assertThat(threeSteps(new Momentum(0))).containsExactly(threeSteps(new Sgd()));
  }

  @ParameterizedTest
  @CsvSource({
    "sgd, 0.3, 200",
    "momentum, 0.1, 600",
    "adagrad, 1, 2000",
    "adam, 0.05, 4000",
    "ftrl, 1, 2000"
  })
  void everyOptimizerReachesTheMinimumOfAQuadratic(String name, double stepSize, int numSteps) {
    // f(w) = ½ Σ a_j (w_j − c_j)², condition number 10.
    double[] curvatures = {0.5, 5, 1};
    double[] minimum = {3, -1, 0.25};
    double[] weights = new double[3];
    double[] gradient = new double[3];
    Optimizer optimizer = Optimizers.byName(name).orElseThrow();
    OptimizerState state = optimizer.newState(3);
    for (int t = 0; t < numSteps; t++) {
      for (int j = 0; j < 3; j++) {
        gradient[j] = curvatures[j] * (weights[j] - minimum[j]);
      }
      optimizer.apply(weights, gradient, stepSize, state);
    }
    assertThat(weights).containsExactly(minimum, within(1e-6));
    assertThat(state.numUpdates()).isEqualTo(numSteps);
  }

  @Test
  void aCopiedStateRemembersEverythingAndIsIndependent() {
    Optimizer adam = new Adam(0.9, 0.999);
    double[] weights = {1};
    OptimizerState state = adam.newState(1);
    adam.apply(weights, new double[] {2}, 0.1, state);
    OptimizerState copy = state.copy();
    double[] branch = weights.clone();
    adam.apply(branch, new double[] {100}, 0.1, state.copy());
    double[] continued = weights.clone();
    adam.apply(continued, new double[] {-1}, 0.1, copy);
    adam.apply(weights, new double[] {-1}, 0.1, state);
    assertThat(continued).containsExactly(weights);
    assertThat(copy.numUpdates()).isEqualTo(2);
  }

  @Test
  void decayRatesOutsideTheUnitIntervalAreRefused() {
    for (double rate : new double[] {-0.1, 1, Double.NaN}) {
      assertThatIllegalArgumentException().isThrownBy(() -> new Momentum(rate));
      assertThatIllegalArgumentException().isThrownBy(() -> new Adam(rate, 0.9));
      assertThatIllegalArgumentException().isThrownBy(() -> new Adam(0.9, rate));
    }
  }

  @Test
  void ftrlRefusesNegativeOrInfiniteConstants() {
    for (double constant : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException().isThrownBy(() -> new Ftrl(constant, 0, 0));
      assertThatIllegalArgumentException().isThrownBy(() -> new Ftrl(1, constant, 0));
      assertThatIllegalArgumentException().isThrownBy(() -> new Ftrl(1, 0, constant));
    }
  }

  @Test
  void optimizersAreFoundByTheirNamesAndUnknownOnesAreNot() {
    assertThat(Optimizers.names())
        .containsExactly("sgd", "momentum", "nesterov", "adagrad", "adam", "ftrl");
    for (String name : Optimizers.names()) {
      assertThat(Optimizers.byName(name).orElseThrow().name()).isEqualTo(name);
    }
    assertThat(Optimizers.byName("SGD")).isEmpty();
  }

  private static double[] threeSteps(Optimizer optimizer) {
    double[] weights = {1};
    OptimizerState state = optimizer.newState(1);
    double[] path = new double[3];
    double[] gradients = {2, -1, 0.5};
    for (int t = 0; t < 3; t++) {
      optimizer.apply(weights, new double[] {gradients[t]}, 0.1, state);
      path[t] = weights[0];
    }
    return path;
  }
}
