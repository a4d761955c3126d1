package dev.triptych.async.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.delay.DelayRules;
import dev.triptych.async.store.Gradient;
import dev.triptych.async.store.Selection;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.optimizer.StepSize;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/**
 * Delay rules in the machine, on ½(w−1)² with step sizes beyond CHECKS §7's limit of stability 2
 * sin(π/(2(2τ+1))) for a constant delay τ: plain SGD diverges there.
 */
class DelayRulePropertyTest {
  private static final Selection ALL = Selection.all();

  /** One worker whose gradients were all computed from the weights of τ updates ago. */
  @Property(tries = 8)
  void smallerStepsForOldGradientsConvergeWherePlainSgdDiverges(
      @ForAll @IntRange(min = 2, max = 9) int delay) {
    double stepSize = 1.05 * limit(delay);
    assertThat(errorAtConstantDelay("none", delay, stepSize)).isGreaterThan(1e3);
    assertThat(errorAtConstantDelay("inverse", delay, stepSize)).isLessThan(1e-6);
    assertThat(errorAtConstantDelay("mishchenko", delay, stepSize)).isLessThan(1e-6);
    assertThat(errorAtConstantDelay("koloskova:1", delay, stepSize)).isLessThan(1e-6);
  }

  /** τ+1 workers in turn. Discarding keeps delays below R, so the limit of R−1 counts. */
  @Property(tries = 8)
  void discardingOldGradientsConvergesWherePlainSgdDiverges(
      @ForAll @IntRange(min = 2, max = 9) int delay) {
    double stepSize = 1.05 * limit(delay);
    int threshold = delay / 2 + 1;
    assertThat(Math.abs(inTurn("none", delay, stepSize, 0, 0).weights()[0] - 1)).isGreaterThan(1e3);
    for (String rule : List.of("ringmaster:" + threshold, "drop:" + (threshold - 1))) {
      Cluster cluster = inTurn(rule, delay, stepSize, 0, 0);
      ShardStatus status = cluster.machines.get(0).status();
      assertThat(cluster.weights()[0]).as(rule).isCloseTo(1, within(1e-6));
      assertThat(status.staleness().max()).isLessThan(threshold);
      assertThat(status.numDiscarded()).isPositive();
      assertThat(status.numDiscarded() + status.version()).isEqualTo(status.numExamples());
    }
  }

  /**
   * Gradients w − ξ with ξ = 1 ± 1: their mean square is their mean derivative, as for a negative
   * log-likelihood, so the compensated gradient is in the mean the one at the newest weights.
   */
  @Property(tries = 5)
  void delayCompensationStaysNearTheMinimumWherePlainSgdDiverges(@ForAll long seed) {
    double stepSize = 1.2 * limit(20);
    assertThat(Math.abs(inTurn("none", 20, stepSize, 1, seed).weights()[0])).isGreaterThan(1e6);
    assertThat(inTurn("dc-asgd:0.5", 20, stepSize, 1, seed).weights()[0])
        .as("seed %d", seed)
        .isBetween(-2.0, 4.0);
  }

  @Test
  void delayCompensationUsesTheWeightsThatThisWorkerWasSent() {
    ShardMachine<String> machine = machine(2, 3, "dc-asgd:2");
    machine.pull(new PullRequest(0, 0, 0, Selection.of(new int[] {0, 2})), "a", 0);
    machine.pull(new PullRequest(1, 0, 0, ALL), "b", 0);
    Gradient first = Gradient.dense(new double[] {-1, -1, -1});
    machine.push(new PushRequest(1, 0, 0, 0, 1, first, null), "b", 0);
    assertThat(weights(machine)).containsExactly(1, 1, 1);
    // position 1 was not sent, so it is not corrected: −(3 + 2·9·(1 − 0)) elsewhere
    Gradient second = Gradient.dense(new double[] {3, 3, 3});
    machine.push(new PushRequest(0, 0, 0, 0, 1, second, null), "a", 0);
    assertThat(weights(machine)).containsExactly(1 - 21, 1 - 3, 1 - 21);
  }

  @Test
  void sparseGradientsAreCompensatedLikeDenseOnes() {
    ShardMachine<String> machine = machine(2, 3, "dc-asgd:2");
    machine.pull(new PullRequest(0, 0, 0, ALL), "a", 0);
    machine.pull(new PullRequest(1, 0, 0, ALL), "b", 0);
    Gradient first = Gradient.dense(new double[] {-1, -1, -1});
    machine.push(new PushRequest(1, 0, 0, 0, 1, first, null), "b", 0);
    Gradient second = Gradient.sparse(new int[] {1}, new double[] {3});
    machine.push(new PushRequest(0, 0, 0, 0, 1, second, null), "a", 0);
    assertThat(weights(machine)).containsExactly(1, 1 - 21, 1);
  }

  @Test
  void aDiscardedGradientIsTakenCountsAsExamplesAndIsNoUpdate() {
    ShardMachine<String> machine = machine(2, 1, "ringmaster:1");
    machine.pull(new PullRequest(0, 0, 0, ALL), "a", 0);
    machine.pull(new PullRequest(1, 0, 0, ALL), "b", 0);
    Gradient gradient = Gradient.dense(new double[] {1});
    machine.push(new PushRequest(0, 0, 0, 0, 5, gradient, null), "a", 1);
    machine.push(new PushRequest(1, 0, 0, 0, 7, gradient, null), "b", 2);
    ShardStatus status = machine.status();
    assertThat(weights(machine)).containsExactly(-1);
    assertThat(status.version()).isEqualTo(1);
    assertThat(status.numDiscarded()).isEqualTo(1);
    assertThat(status.numExamples()).isEqualTo(12);
    assertThat(status.nanos()).isEqualTo(2);
    assertThat(status.clocks()).containsExactly(1, 1);
    assertThat(status.staleness().total()).isEqualTo(1);
    machine.push(new PushRequest(1, 0, 0, 0, 7, gradient, null), "b", 3);
    assertThat(machine.status().numDuplicates()).as("the ledger knows it").isEqualTo(1);
    assertThat(machine.status().numDiscarded()).isEqualTo(1);
  }

  /** Every rule leaves fresh gradients alone, so under bsp none changes a bit. */
  @Property(tries = 50)
  void underBspNoRuleChangesAnything(@ForAll long seed) {
    double[][] weights = new double[2][];
    String[] rules = {"none", "inverse", "mishchenko", "koloskova", "ringmaster:1", "dc-asgd"};
    for (int k = 0; k < 2; k++) {
      String rule = k == 0 ? "none" : rules[(int) Math.floorMod(seed, (long) rules.length)];
      Cluster cluster =
          cluster(3, rule, 0.1, Consistency.bsp(), 300, Cluster.noisyQuadratic(seed, 1));
      cluster.runToEnd(seed);
      weights[k] = cluster.weights();
    }
    assertThat(weights[1]).containsExactly(weights[0]);
  }

  private static double errorAtConstantDelay(String rule, int delay, double stepSize) {
    ShardMachine<String> machine = machine(1, 1, rule, stepSize);
    machine.pull(new PullRequest(0, 0, 0, ALL), "a", 0);
    List<Double> history = new ArrayList<>();
    for (int t = 0; t < 4000; t++) {
      history.add(weights(machine)[0]);
      int read = Math.max(0, t - delay);
      Gradient gradient = Gradient.dense(new double[] {history.get(read) - 1});
      machine.push(new PushRequest(0, 0, t, read, 1, gradient, null), "a", t);
    }
    assertThat(machine.status().staleness().max()).isEqualTo(delay);
    return Math.abs(weights(machine)[0] - 1);
  }

  private static Cluster inTurn(String rule, int delay, double stepSize, double noise, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Cluster cluster =
        cluster(
            delay + 1,
            rule,
            stepSize,
            Consistency.asp(),
            5000,
            (worker, step, weights) ->
                new double[] {weights[0] - 1 + (random.nextBoolean() ? noise : -noise)});
    for (int t = 0; t < 4000; t++) {
      cluster.step(t % (delay + 1));
    }
    return cluster;
  }

  private static Cluster cluster(
      int numWorkers,
      String rule,
      double stepSize,
      Consistency consistency,
      long budget,
      Cluster.GradientOf gradientOf) {
    Cluster cluster =
        new Cluster(
            numWorkers,
            1,
            1,
            new Sgd(),
            StepSize.constant(stepSize),
            consistency,
            DelayRules.parse(rule),
            budget,
            false,
            gradientOf);
    cluster.start();
    return cluster;
  }

  private static double limit(int delay) {
    return 2 * Math.sin(Math.PI / (2 * (2 * delay + 1)));
  }

  private static ShardMachine<String> machine(int numWorkers, int length, String rule) {
    return machine(numWorkers, length, rule, 1);
  }

  private static ShardMachine<String> machine(
      int numWorkers, int length, String rule, double stepSize) {
    return new ShardMachine<>(
        new ShardSettings(
                numWorkers,
                length,
                new Sgd(),
                StepSize.constant(stepSize),
                Consistency.asp(),
                10,
                1_000_000,
                1000,
                4)
            .withDelayRule(DelayRules.parse(rule)));
  }

  private static double[] weights(ShardMachine<String> machine) {
    double[] weights = new double[machine.length()];
    machine.current().weights().get(weights);
    return weights;
  }
}
