package dev.triptych.simulation.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.order.ArrivalOrder;
import dev.triptych.async.shard.Progress;
import dev.triptych.async.shard.ShardStatus;
import dev.triptych.core.data.ExampleBlock;
import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.optimizer.AdaGrad;
import dev.triptych.core.optimizer.Adam;
import dev.triptych.core.optimizer.Ftrl;
import dev.triptych.core.optimizer.Momentum;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.simulation.Faults;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Messages are lost, repeated, late and in disorder, connections break, servers are replaced, tasks
 * are killed, run twice, or stand still and come back as zombies: every gradient is applied once by
 * every shard, and the weights are those of the undisturbed run with the same order of arrivals,
 * bit for bit.
 */
class ExactlyOnceTest {
  private static final int SEEDS = 400;
  private static final int FEATURES = 6;
  private static final long LATENCY = 400_000;
  private static final long FAULTS_UNTIL = 250_000_000;

  /** From the last fault on; the slowest undisturbed run takes about a tenth of it. */
  private static final long REST = 2_000_000_000;

  private static final List<Optimizer> OPTIMIZERS =
      List.of(
          new Sgd(),
          new Momentum(0.9),
          new AdaGrad(),
          new Adam(0.9, 0.999),
          new Ftrl(1, 0.001, 0.01));

  @Test
  void theWeightsUnderFaultsAreThoseOfTheUndisturbedRunWithTheSameArrivals() {
    long numAttempts = 0;
    long numWorkers = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      Scenario scenario = scenario(seed);
      SplittableRandom random = new SplittableRandom(seed * 7919 + 1);
      TrainingSimulation faulty =
          new TrainingSimulation(
              scenario,
              Faults.seeded(random.split(), LATENCY, 0.15, FAULTS_UNTIL),
              new Mishaps(12_000_000, FAULTS_UNTIL),
              random.split(),
              null);
      run(faulty, seed, scenario);
      assertExactlyOnce(faulty, seed, scenario);
      TrainingSimulation calm = replay(scenario, random, Mishaps.none(), faulty, 0, seed);
      assertThat(calm.weights())
          .as("seed %d: %s", seed, scenario)
          .containsExactly(faulty.weights());
      numAttempts += faulty.numAttempts();
      numWorkers += scenario.numWorkers();
    }
    assertThat(numAttempts).as("attempts, so that tasks really died").isGreaterThan(3 * numWorkers);
  }

  @Test
  void aReplayUnderFaultsHasTheSameBitsToo() {
    for (long seed = 10_000; seed < 10_000 + SEEDS / 2; seed++) {
      Scenario scenario = scenario(seed);
      SplittableRandom random = new SplittableRandom(seed * 7919 + 1);
      TrainingSimulation calm =
          new TrainingSimulation(
              scenario, Faults.none(random.split(), LATENCY), Mishaps.none(), random.split(), null);
      run(calm, seed, scenario);
      if (scenario.consistency().kind() == Consistency.Kind.ASP) {
        assertDelaysAddUp(calm, seed, scenario);
      }
      Mishaps mishaps = new Mishaps(12_000_000, FAULTS_UNTIL);
      TrainingSimulation faulty = replay(scenario, random, mishaps, calm, 0.15, seed);
      assertThat(faulty.weights())
          .as("seed %d: %s", seed, scenario)
          .containsExactly(calm.weights());
    }
  }

  @Test
  void theSameSeedsGiveTheSameRun() {
    double[][] weights = new double[2][];
    for (int k = 0; k < 2; k++) {
      SplittableRandom random = new SplittableRandom(5);
      TrainingSimulation run =
          new TrainingSimulation(
              scenario(5),
              Faults.seeded(random.split(), LATENCY, 0.15, FAULTS_UNTIL),
              new Mishaps(12_000_000, FAULTS_UNTIL),
              random.split(),
              null);
      run(run, 5, scenario(5));
      weights[k] = run.weights();
    }
    assertThat(weights[0]).containsExactly(weights[1]);
  }

  private static TrainingSimulation replay(
      Scenario scenario,
      SplittableRandom random,
      Mishaps mishaps,
      TrainingSimulation recorded,
      double probability,
      long seed) {
    TrainingSimulation replay =
        new TrainingSimulation(
            scenario,
            Faults.seeded(random.split(), LATENCY, probability, FAULTS_UNTIL),
            mishaps,
            random.split(),
            recorded.orders());
    run(replay, seed, scenario);
    return replay;
  }

  private static void run(TrainingSimulation simulation, long seed, Scenario scenario) {
    try {
      simulation.run(FAULTS_UNTIL + REST);
    } catch (RuntimeException e) {
      throw new AssertionError("seed " + seed + ": " + scenario, e);
    }
  }

  private static void assertExactlyOnce(TrainingSimulation run, long seed, Scenario scenario) {
    List<ShardStatus> shards = run.status();
    List<ArrivalOrder> orders = run.orders();
    Consistency consistency = scenario.consistency();
    int n = scenario.numWorkers();
    assertThat(run.numZombiesServed()).as("seed %d: %s", seed, scenario).isZero();
    for (int shard = 0; shard < shards.size(); shard++) {
      ShardStatus status = shards.get(shard);
      String what = "seed %d, shard %d: %s".formatted(seed, shard, scenario);
      assertThat(status.progress()).as(what).isEqualTo(Progress.DONE);
      assertThat(status.clocks())
          .as("%s: all shards take the same pushes", what)
          .containsExactly(shards.get(0).clocks());
      long numPushes = Arrays.stream(status.clocks()).sum();
      assertThat(numPushes)
          .as(what)
          .isBetween((long) n * scenario.clocks(), (long) n * scenario.clocks() + n - 1);
      assertThat((long) orders.get(shard).size()).as(what).isEqualTo(numPushes);
      assertThat(status.version())
          .as(what)
          .isEqualTo(consistency.averagesClocks() ? scenario.clocks() : numPushes);
      assertThat(status.staleness().total()).as(what).isEqualTo(numPushes);
      if (consistency.kind() != Consistency.Kind.ASP) {
        assertThat(status.maxClockGap()).as(what).isLessThanOrEqualTo(consistency.bound() + 1L);
      }
    }
  }

  /** CHECKS §7; workers are always busy where nothing fails and nobody waits for a turn. */
  private static void assertDelaysAddUp(TrainingSimulation run, long seed, Scenario scenario) {
    for (ShardStatus status : run.status()) {
      assertThat(status.staleness().sum() + status.inFlightDelay())
          .as("seed %d: %s", seed, scenario)
          .isEqualTo((scenario.numWorkers() - 1) * status.version());
    }
  }

  private static Scenario scenario(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int numWorkers = random.nextInt(1, 5);
    Consistency consistency =
        switch (random.nextInt(4)) {
          case 0 -> Consistency.bsp();
          case 1 -> Consistency.ssp(random.nextInt(1, 4));
          default -> Consistency.asp();
        };
    List<ExampleBlock> blocks = new ArrayList<>();
    for (int worker = 0; worker < numWorkers; worker++) {
      blocks.add(block(random, 30));
    }
    return new Scenario(
        new Objective(new LinearModel(new LogisticLoss(), FEATURES, true), 1e-2),
        blocks,
        random.nextInt(1, 4),
        OPTIMIZERS.get(random.nextInt(OPTIMIZERS.size())),
        StepSize.constant(0.3),
        consistency,
        5,
        random.nextInt(5, 15),
        seed);
  }

  private static ExampleBlock block(SplittableRandom random, int numRows) {
    double[] labels = new double[numRows];
    double[] values = new double[numRows * FEATURES];
    for (int row = 0; row < numRows; row++) {
      double score = random.nextDouble(-1, 1);
      for (int j = 0; j < FEATURES; j++) {
        double value = random.nextDouble(-1, 1);
        values[row * FEATURES + j] = value;
        score += value * (j - 2);
      }
      labels[row] = score > 0 ? 1 : -1;
    }
    return ExampleBlock.dense(FEATURES, labels, values);
  }
}
