package dev.triptych.sync;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StepGradientTest {
  @Test
  void withoutItsZerosItIsTheSameGradientInFewerBytes() {
    double[] gradient = new double[100];
    gradient[3] = 1.5;
    gradient[99] = -2;
    WorkerTimes times = new WorkerTimes(2);
    times.busySeconds[0] = 1;
    StepGradient sparse = new StepGradient(7, gradient, times).withoutZeros();
    assertThat(sparse.numBytes()).isEqualTo(2 * 12);
    assertThat(sparse.gradient()).containsExactly(gradient);
    assertThat(sparse.lossSum()).isEqualTo(7);
    assertThat(sparse.times().busySeconds).containsExactly(1, 0);
  }

  @Test
  void itStaysDenseWhereThatIsHardlyLarger() {
    double[] gradient = {1, 0, 0, 2, 0, 3};
    assertThat(new StepGradient(0, gradient, new WorkerTimes(1)).withoutZeros().numBytes())
        .isEqualTo(6 * 8);
  }

  @Test
  void sparseAndDenseSumsAddUpInEveryCombination() {
    double[] few = new double[10];
    few[2] = 4;
    double[] many = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    double[] sum = {1, 2, 7, 4, 5, 6, 7, 8, 9, 10};
    assertThat(of(few).plus(of(many)).gradient()).containsExactly(sum);
    assertThat(of(many).plus(of(few)).gradient()).containsExactly(sum);
    assertThat(of(few).plus(of(few)).gradient()[2]).isEqualTo(8);
    assertThat(of(many).plus(of(many)).gradient()[9]).isEqualTo(20);
  }

  private static StepGradient of(double[] gradient) {
    return new StepGradient(0, gradient.clone(), new WorkerTimes(1)).withoutZeros();
  }
}
