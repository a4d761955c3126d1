package dev.triptych.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.loss.SquaredLoss;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectiveTest {
  // x = (1, 0), y = 3 and x = (2, 1), y = −1.
  private static final ExampleBlock BLOCK =
      ExampleBlock.dense(2, new double[] {3, -1}, new double[] {1, 0, 2, 1});

  @Test
  void valueAndGradientOfTwoExamplesAreThoseWorkedOutByHand() {
    Objective objective = new Objective(new LinearModel(new SquaredLoss(), 2, true), 0.5);
    double[] weights = {1, 2, 4};
    // Scores 5 and 8, residuals 2 and 9: loss (4 + 81)/4, penalty ¼(1 + 4) without the intercept.
    double value = objective.value(objective.model().lossSum(BLOCK, weights), 2, weights);
    assertThat(value).isCloseTo(21.25 + 1.25, within(1e-12));

    double[] gradient = new double[3];
    objective.batchGradient(BLOCK, new int[] {0, 1}, 0, 2, weights, gradient);
    assertThat(gradient).containsExactly(new double[] {10 + 0.5, 4.5 + 1, 5.5}, within(1e-12));
  }

  @Test
  void theInterceptIsTheLastWeightAndIsNotPenalised() {
    Model model = new LinearModel(new LogisticLoss(), 2, true);
    assertThat(model.numParameters()).isEqualTo(3);
    assertThat(model.numPenalised()).isEqualTo(2);
    assertThat(model.score(BLOCK, 1, new double[] {10, 100, 5})).isEqualTo(125);
    Objective objective = new Objective(model, 2);
    assertThat(objective.penalty(new double[] {0, 0, 7})).isZero();
    double[] gradient = new double[3];
    objective.addPenaltyGradient(new double[] {1, 2, 7}, 3, gradient);
    assertThat(gradient).containsExactly(6, 12, 0);
  }

  @Test
  void withoutInterceptThereAreAsManyWeightsAsFeatures() {
    Model model = new LinearModel(new LogisticLoss(), 2, false);
    assertThat(model.numParameters()).isEqualTo(2);
    assertThat(model.score(BLOCK, 1, new double[] {10, 100})).isEqualTo(120);
    assertThat(model.withNumFeatures(5).numParameters()).isEqualTo(5);
  }

  @Test
  void zeroWeightsGiveLogTwoOnAnyLogisticProblem() {
    ExampleBlock block = ExampleBlock.dense(1, new double[] {1, -1, 1}, new double[] {5, 6, 7});
    Objective objective = new Objective(new LinearModel(new LogisticLoss(), 1, false), 1);
    double[] zero = new double[1];
    assertThat(objective.value(objective.model().lossSum(block, zero), 3, zero))
        .isCloseTo(Math.log(2), within(1e-15));
  }

  @Test
  void aWeightThatIsNotANumberMakesTheGradientNotANumber() {
    Objective objective = new Objective(new LinearModel(new LogisticLoss(), 2, false), 0);
    double[] gradient = new double[2];
    objective.batchGradient(BLOCK, new int[] {1}, 0, 1, new double[] {Double.NaN, 0}, gradient);
    assertThat(gradient[0]).isNaN();
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1e-9, Double.NaN, Double.POSITIVE_INFINITY})
  void lambdaMustBeFiniteAndNotNegative(double lambda) {
    Model model = new LinearModel(new LogisticLoss(), 2, false);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Objective(model, lambda))
        .withMessageContaining("lambda");
  }
}
