package dev.triptych.core.minimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.data.FeatureStatistics;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuasiNewtonTest {
  private static final long SEED = 20261124;
  private static final StopRule TIGHT = new StopRule(500, 0);

  @Test
  void rosenbrocksValleyIsLeftAtItsMinimum() {
    Minimum found =
        new Lbfgs(10)
            .minimise(QuasiNewtonTest::rosenbrock, new double[] {-1.2, 1}, TIGHT, Watcher.NOBODY);

    assertThat(found.weights()).containsExactly(new double[] {1, 1}, within(1e-7));
    // Nocedal and Wright report about 40 evaluations for BFGS methods from this start.
    assertThat(found.evaluations()).isLessThan(70);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 30})
  void quadraticsAreSolvedToTheLastDigits(int length) {
    Quadratic f = new Quadratic(length, 1e3);
    Minimum found = new Lbfgs(10).minimise(f, new double[length], TIGHT, Watcher.NOBODY);

    assertThat(found.weights())
        .as(
            "seed %d, %s after %d iterations, %d evaluations, F %s",
            SEED, found.ending(), found.iterations(), found.evaluations(), found.value())
        .containsExactly(f.solution, within(1e-7));
  }

  @Test
  void valuesFallAndIterationsAreReported() {
    Quadratic f = new Quadratic(20, 1e3);
    double[] last = {Double.POSITIVE_INFINITY};
    int[] seen = {0};
    Minimum found =
        new Lbfgs(5)
            .minimise(
                f,
                new double[20],
                new StopRule(12, 0),
                (iteration, w, value) -> {
                  assertThat(iteration).isEqualTo(seen[0]++);
                  assertThat(value).isLessThan(last[0]);
                  last[0] = value;
                  return true;
                });
    assertThat(found.ending()).isEqualTo(Minimum.Ending.MAX_ITERATIONS);
    assertThat(found.iterations()).isEqualTo(12);
    assertThat(seen[0]).isEqualTo(13);
  }

  @Test
  void aLooseToleranceStopsEarlyAndAWatcherAtOnce() {
    Quadratic f = new Quadratic(20, 1e3);
    Minimum loose =
        new Lbfgs(5).minimise(f, new double[20], new StopRule(500, 1e-2), Watcher.NOBODY);
    assertThat(loose.ending()).isEqualTo(Minimum.Ending.VALUES_CONVERGED);
    Minimum stopped =
        new Lbfgs(5).minimise(f, new double[20], TIGHT, (iteration, w, value) -> iteration < 3);
    assertThat(stopped.ending()).isEqualTo(Minimum.Ending.STOPPED);
    assertThat(stopped.iterations()).isEqualTo(3);
  }

  @Test
  void aStepOutOfTheDomainIsTakenBack() {
    // F is not finite beyond 2: w − log(2 − w) has no minimum there and the first steps overshoot.
    Evaluation f =
        (w, gradient) -> {
          gradient[0] = -1e3 + 1 / (2 - w[0]);
          return w[0] < 2 ? -1e3 * w[0] - Math.log(2 - w[0]) : Double.NaN;
        };
    Minimum found = new Lbfgs(5).minimise(f, new double[1], TIGHT, Watcher.NOBODY);
    assertThat(found.weights()[0]).isCloseTo(2 - 1e-3, within(1e-8));
  }

  @Test
  void whatIsNotFiniteAtTheStartIsToldNotLooped() {
    Minimum found =
        new Lbfgs(5).minimise((w, g) -> Double.NaN, new double[2], TIGHT, Watcher.NOBODY);
    assertThat(found.ending()).isEqualTo(Minimum.Ending.NOT_FINITE);
  }

  @Test
  void owlQnSoftThresholdsASeparableQuadratic() {
    // ½(w − a)² + c|w| is smallest at sign(a) max(|a| − c, 0); the last one is not penalised.
    double[] a = {3, -2, 0.5, -0.5, 0, 1};
    double[] c = {1, 1, 1, 1, 1, 0};
    Evaluation f =
        (w, gradient) -> {
          double value = 0;
          for (int j = 0; j < w.length; j++) {
            gradient[j] = w[j] - a[j];
            value += 0.5 * gradient[j] * gradient[j];
          }
          return value;
        };
    Minimum found = new OwlQn(10).minimise(f, c, new double[6], TIGHT, Watcher.NOBODY);
    assertThat(found.weights()).containsExactly(new double[] {2, -1, 0, 0, 0, 1}, within(1e-8));
    assertThat(found.value()).isCloseTo(2.5 + 1.5 + 0.125 + 0.125, within(1e-12));
  }

  @Test
  void owlQnMeetsTheOptimalityConditionsOnACoupledQuadratic() {
    Quadratic f = new Quadratic(30, 100);
    double[] c = new double[30];
    Arrays.fill(c, 30);
    c[29] = 0;
    Minimum found = new OwlQn(10).minimise(f, c, new double[30], TIGHT, Watcher.NOBODY);
    double[] gradient = new double[30];
    f.at(found.weights(), gradient);

    assertThat(OwlQn.violation(c, found.weights(), gradient)).isLessThan(1e-6);
    assertThat(Arrays.stream(found.weights()).filter(w -> w == 0).count()).isBetween(3L, 27L);
  }

  @Test
  void otherCoordinatesKeepTheObjectiveAndItsGradientIsThatOfFiniteDifferences() {
    // Two features with means 3 and −1, and an intercept.
    FeatureStatistics statistics = new FeatureStatistics(2);
    statistics.add(
        ExampleBlock.dense(2, new double[] {0, 0, 0}, new double[] {1, -1, 3, -3, 5, 1}));
    Preconditioned coordinates = new Preconditioned(statistics, 1, 0.25, 0.1);
    Quadratic f = new Quadratic(3, 10);
    double[] u = {0.7, -0.4, 1.3};
    double[] gradient = new double[3];
    double value = coordinates.of(f).at(u, gradient);

    assertThat(value).isEqualTo(f.at(coordinates.weights(u), new double[3]));
    for (int j = 0; j < 3; j++) {
      double[] above = u.clone();
      double[] below = u.clone();
      above[j] += 1e-5;
      below[j] -= 1e-5;
      double slope =
          (coordinates.of(f).at(above, new double[3]) - coordinates.of(f).at(below, new double[3]))
              / 2e-5;
      assertThat(gradient[j]).as("u_%d", j).isCloseTo(slope, within(1e-7));
    }
  }

  private static double rosenbrock(double[] w, double[] gradient) {
    double a = w[1] - w[0] * w[0];
    double b = 1 - w[0];
    gradient[0] = -400 * a * w[0] - 2 * b;
    gradient[1] = 200 * a;
    return 100 * a * a + b * b;
  }

  /** ½(w − s)ᵀA(w − s), A with eigenvalues from 1 to the condition number, turned at random. */
  private static final class Quadratic implements Evaluation {
    private final double[] solution;
    private final double[][] matrix;

    Quadratic(int length, double condition) {
      SplittableRandom random = new SplittableRandom(SEED);
      solution = random.doubles(length, -2, 2).toArray();
      matrix = new double[length][length];
      for (int i = 0; i < length; i++) {
        matrix[i][i] = Math.pow(condition, length == 1 ? 0 : (double) i / (length - 1));
      }
      // Similarity by Householder reflections keeps the eigenvalues.
      for (int k = 0; k < 3; k++) {
        reflect(random.doubles(length, -1, 1).toArray());
      }
    }

    private void reflect(double[] v) {
      double vv = Pairs.dot(v, v);
      int n = v.length;
      for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < n; i++) {
          double product = 0;
          for (int j = 0; j < n; j++) {
            product += matrix[i][j] * v[j];
          }
          for (int j = 0; j < n; j++) {
            matrix[i][j] -= 2 * product * v[j] / vv;
          }
        }
        for (int i = 0; i < n; i++) {
          for (int j = 0; j < i; j++) {
            double swap = matrix[i][j];
            matrix[i][j] = matrix[j][i];
            matrix[j][i] = swap;
          }
        }
      }
    }

    @Override
    public double at(double[] w, double[] gradient) {
      double value = 0;
      for (int i = 0; i < w.length; i++) {
        gradient[i] = 0;
        for (int j = 0; j < w.length; j++) {
          gradient[i] += matrix[i][j] * (w[j] - solution[j]);
        }
        value += 0.5 * gradient[i] * (w[i] - solution[i]);
      }
      return value;
    }
  }
}
