package dev.triptych.async.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.OptimizerState;
import dev.triptych.core.optimizer.Optimizers;
import dev.triptych.core.optimizer.StepSize;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** The equivalences of CHECKS §9 and the identities of §7 on the pure machine, any schedule. */
class ShardMachinePropertyTest {
  private static final StepSize ALPHA = new StepSize(StepSize.Schedule.INVERSE_SQRT, 0.05);
  private static final int D = 7;

  @Provide
  Arbitrary<Optimizer> optimizers() {
    return Arbitraries.of(Optimizers.names()).map(name -> Optimizers.byName(name).orElseThrow());
  }

  @Provide
  Arbitrary<Consistency> consistencies() {
    return Arbitraries.of(
        Consistency.bsp(), Consistency.ssp(0), Consistency.ssp(2), Consistency.asp());
  }

  @Property(tries = 200)
  void severalShardsGiveTheWeightsOfOneBitForBit(
      @ForAll long seed,
      @ForAll("optimizers") Optimizer optimizer,
      @ForAll("consistencies") Consistency consistency,
      @ForAll @IntRange(min = 1, max = 4) int numWorkers,
      @ForAll @IntRange(min = 2, max = D) int numShards) {
    Cluster one = cluster(numWorkers, 1, optimizer, consistency, false, seed);
    Cluster many = cluster(numWorkers, numShards, optimizer, consistency, false, seed);
    assertThat(many.weights()).containsExactly(one.weights());
  }

  @Property(tries = 200)
  void sparsePushesEqualDenseOnesBitForBit(
      @ForAll long seed,
      @ForAll("optimizers") Optimizer optimizer,
      @ForAll("consistencies") Consistency consistency,
      @ForAll @IntRange(min = 1, max = 4) int numWorkers) {
    Cluster dense = cluster(numWorkers, 2, optimizer, consistency, false, seed);
    Cluster sparse = cluster(numWorkers, 2, optimizer, consistency, true, seed);
    assertThat(sparse.weights()).containsExactly(dense.weights());
  }

  @Property(tries = 100)
  void bspIsTheAverageOfTheWorkersGradientsWhateverTheOrderOfArrival(
      @ForAll long seed,
      @ForAll("optimizers") Optimizer optimizer,
      @ForAll @IntRange(min = 1, max = 5) int numWorkers) {
    int clocks = 12;
    Cluster.GradientOf gradientOf = Cluster.noisyQuadratic(seed, D);
    double[] weights = new double[D];
    OptimizerState state = optimizer.newState(D);
    for (int t = 0; t < clocks; t++) {
      double[] mean = new double[D];
      for (int worker = 0; worker < numWorkers; worker++) {
        double[] gradient = gradientOf.at(worker, t, weights);
        for (int j = 0; j < D; j++) {
          mean[j] += gradient[j];
        }
      }
      for (int j = 0; j < D; j++) {
        mean[j] /= numWorkers;
      }
      optimizer.apply(weights, mean, ALPHA.at((double) t * numWorkers / 10), state);
    }
    for (Consistency consistency : new Consistency[] {Consistency.bsp(), Consistency.ssp(0)}) {
      Cluster cluster =
          new Cluster(
              numWorkers,
              D,
              2,
              optimizer,
              ALPHA,
              consistency,
              (long) clocks * numWorkers,
              false,
              gradientOf);
      cluster.start();
      cluster.runToEnd(seed + 1);
      assertThat(cluster.weights()).containsExactly(weights);
      assertThat(cluster.machines.get(0).status().version()).isEqualTo(clocks);
    }
  }

  @Property(tries = 50)
  void oneWorkerIsSerialSgdBitForBit(
      @ForAll long seed,
      @ForAll("optimizers") Optimizer optimizer,
      @ForAll("consistencies") Consistency consistency) {
    Cluster.GradientOf gradientOf = Cluster.noisyQuadratic(seed, D);
    Cluster cluster = new Cluster(1, D, 3, optimizer, ALPHA, consistency, 40, false, gradientOf);
    cluster.start();
    cluster.runToEnd(seed);
    double[] weights = new double[D];
    OptimizerState state = optimizer.newState(D);
    for (int t = 0; t < 40; t++) {
      optimizer.apply(weights, gradientOf.at(0, t, weights), ALPHA.at(t / 10.0), state);
    }
    assertThat(cluster.weights()).containsExactly(weights);
  }

  @Property(tries = 200)
  void delaysOfAppliedAndInFlightGradientsAddUpExactly(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int numWorkers) {
    Cluster cluster =
        new Cluster(
            numWorkers,
            D,
            1,
            Optimizers.byName("sgd").orElseThrow(),
            ALPHA,
            Consistency.asp(),
            60,
            false,
            Cluster.noisyQuadratic(seed, D));
    cluster.start();
    SplittableRandom random = new SplittableRandom(seed);
    // some workers much faster than others
    for (int[] able = cluster.able(); able.length > 0; able = cluster.able()) {
      cluster.step(able[Math.min(able.length - 1, random.nextInt(10 * able.length) / 7)]);
      ShardStatus status = cluster.machines.get(0).status();
      assertThat(status.staleness().sum() + status.inFlightDelay())
          .isEqualTo((numWorkers - 1) * status.version());
      assertThat(status.staleness().total()).isEqualTo(status.version());
    }
    // what was in flight when the budget was spent is applied as well
    assertThat(cluster.machines.get(0).status().version()).isBetween(60L, 60L + numWorkers - 1);
  }

  @Property(tries = 200)
  void sspKeepsTheClockGapWithinItsBound(
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 5) int numWorkers,
      @ForAll @IntRange(min = 0, max = 4) int bound) {
    Cluster cluster = cluster(numWorkers, 1, Consistency.ssp(bound), 200, seed);
    long[] clocks = cluster.machines.get(0).status().clocks();
    assertThat(Arrays.stream(clocks).sum()).isGreaterThanOrEqualTo(200);
    assertThat(cluster.machines.get(0).status().maxClockGap()).isLessThanOrEqualTo(bound + 1L);
  }

  @Property(tries = 20)
  void sspReachesItsBoundWhenOneWorkerIsSlow(@ForAll @IntRange(min = 0, max = 6) int bound) {
    Cluster cluster =
        new Cluster(
            3,
            D,
            1,
            Optimizers.byName("sgd").orElseThrow(),
            ALPHA,
            Consistency.ssp(bound),
            100,
            false,
            Cluster.noisyQuadratic(1, D));
    cluster.start();
    for (int[] able = cluster.able(); able.length > 0; able = cluster.able()) {
      cluster.step(able[able.length - 1]); // worker 0 only when nobody else can
    }
    assertThat(cluster.machines.get(0).status().maxClockGap()).isEqualTo(bound + 1L);
  }

  /** CHECKS §7: stable iff αL < 2 sin(π/(2(2τ+1))), here with L = 1 and τ+1 workers in turn. */
  @Property(tries = 5)
  void constantDelayIsStableExactlyBelowItsLimit(@ForAll @IntRange(min = 0, max = 4) int delay) {
    double limit = 2 * Math.sin(Math.PI / (2 * (2 * delay + 1)));
    assertThat(errorAfterConstantDelay(delay, limit * 0.98)).isLessThan(1e-3);
    assertThat(errorAfterConstantDelay(delay, limit * 1.02)).isGreaterThan(1e3);
  }

  @Property(tries = 1)
  void theStabilityLimitsAreThoseOfTheTheorem() {
    double[] expected = {2, 1, .61803399, .44504187, .34729636};
    for (int delay = 0; delay < expected.length; delay++) {
      assertThat(2 * Math.sin(Math.PI / (2 * (2 * delay + 1))))
          .isCloseTo(expected[delay], within(1e-8));
    }
  }

  private static double errorAfterConstantDelay(int delay, double stepSize) {
    int numWorkers = delay + 1;
    Cluster cluster =
        new Cluster(
            numWorkers,
            1,
            1,
            Optimizers.byName("sgd").orElseThrow(),
            StepSize.constant(stepSize),
            Consistency.asp(),
            6000,
            false,
            (worker, step, weights) -> new double[] {weights[0] - 1});
    cluster.start();
    for (int t = 0; t < 3000; t++) {
      cluster.step(t % numWorkers);
    }
    ShardStatus status = cluster.machines.get(0).status();
    // round robin: after the first round every gradient is exactly `delay` old
    assertThat(status.staleness().max()).isEqualTo(delay);
    return Math.abs(cluster.weights()[0] - 1);
  }

  private static Cluster cluster(
      int numWorkers, int numShards, Consistency consistency, long budget, long seed) {
    Cluster cluster =
        new Cluster(
            numWorkers,
            D,
            numShards,
            Optimizers.byName("sgd").orElseThrow(),
            ALPHA,
            consistency,
            budget,
            false,
            Cluster.noisyQuadratic(seed, D));
    cluster.start();
    cluster.runToEnd(seed);
    return cluster;
  }

  private static Cluster cluster(
      int numWorkers,
      int numShards,
      Optimizer optimizer,
      Consistency consistency,
      boolean sparse,
      long seed) {
    Cluster cluster =
        new Cluster(
            numWorkers,
            D,
            numShards,
            optimizer,
            ALPHA,
            consistency,
            60,
            sparse,
            Cluster.noisyQuadratic(seed, D));
    cluster.start();
    cluster.runToEnd(seed);
    return cluster;
  }
}
