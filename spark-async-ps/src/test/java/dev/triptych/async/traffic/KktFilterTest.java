package dev.triptych.async.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.core.optimizer.Ftrl;
import dev.triptych.core.optimizer.OptimizerState;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Two workers, sparse least squares, FTRL with λ₁: a weight may be zero at the end only if the
 * optimality condition |Σ gradients| ≤ λ₁ allows it, with what the workers kept back counted.
 */
class KktFilterTest {
  private static final int LENGTH = 400;
  private static final int INFORMATIVE = 20;
  private static final double L1 = 4;
  private static final double STEP = 0.5;

  @Test
  void theFilterKeepsBackMostOfTheTrafficAndLeavesTheSolutionOptimal() {
    Outcome plain = train(false);
    Outcome filtered = train(true);
    assertThat(filtered.numSent).isLessThan(plain.numSent / 3);
    for (int j = 0; j < LENGTH; j++) {
      if (filtered.weights[j] == 0) {
        // λ₁/2 at most is kept back, so FTRL itself would have it at zero, or just left it.
        assertThat(Math.abs(filtered.z[j] + filtered.owed[j])).isLessThanOrEqualTo(1.5 * L1);
        assertThat(Math.abs(filtered.owed[j])).isLessThanOrEqualTo(L1 / 2);
      }
      if (j < INFORMATIVE) {
        assertThat(filtered.weights[j]).isNotZero();
        assertThat(filtered.weights[j]).isBetween(plain.weights[j] - 0.1, plain.weights[j] + 0.1);
      }
    }
    assertThat(zeros(filtered.weights)).isGreaterThanOrEqualTo(zeros(plain.weights) - 5);
    assertThat(zeros(plain.weights)).isGreaterThan(LENGTH / 2);
  }

  private record Outcome(double[] weights, double[] z, double[] owed, long numSent) {}

  private static Outcome train(boolean filter) {
    SplittableRandom random = new SplittableRandom(5);
    Ftrl optimizer = new Ftrl(1, L1, 0);
    double[] weights = new double[LENGTH];
    OptimizerState state = optimizer.newState(LENGTH);
    GradientCompressor[] workers = new GradientCompressor[2];
    for (int w = 0; w < 2; w++) {
      workers[w] =
          new GradientCompressor(
              Traffic.plain().withKktFilter(filter), LENGTH, optimizer.l1() / (2 * 2));
    }
    long numSent = 0;
    for (int step = 0; step < 3000; step++) {
      int[] keys = random.ints(0, LENGTH).distinct().limit(40).sorted().toArray();
      double label = 0.05 * (random.nextDouble() - 0.5);
      double score = 0;
      double[] at = new double[keys.length];
      for (int k = 0; k < keys.length; k++) {
        label += keys[k] < INFORMATIVE ? (keys[k] % 2 == 0 ? 1 : -1) : 0;
        at[k] = weights[keys[k]];
        score += at[k];
      }
      double[] gradient = new double[keys.length];
      for (int k = 0; k < keys.length; k++) {
        gradient[k] = 0.1 * (score - label);
      }
      GradientCompressor worker = workers[step % 2];
      worker.take(keys, gradient, at);
      worker.round(0, worker.values().length);
      int[] sent = worker.keys();
      numSent += sent.length;
      optimizer.applySparse(weights, sent, worker.values(), STEP, state);
    }
    double[] owed = new double[LENGTH];
    for (int j = 0; j < LENGTH; j++) {
      owed[j] = workers[0].owed(j) + workers[1].owed(j);
    }
    return new Outcome(weights, state.first().clone(), owed, numSent);
  }

  private static int zeros(double[] weights) {
    int count = 0;
    for (double weight : weights) {
      count += weight == 0 ? 1 : 0;
    }
    return count;
  }
}
