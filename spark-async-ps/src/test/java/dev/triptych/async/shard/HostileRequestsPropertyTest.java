package dev.triptych.async.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.store.Gradient;
import dev.triptych.async.store.Selection;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.Optimizers;
import dev.triptych.core.optimizer.StepSize;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/**
 * Requests that no worker of ours would send, in any order: the machine refuses or serves each, and
 * stays what it is.
 */
class HostileRequestsPropertyTest {
  private static final int WORKERS = 3;
  private static final int LENGTH = 4;
  private static final List<Consistency> CONSISTENCIES =
      List.of(Consistency.bsp(), Consistency.ssp(1), Consistency.asp());
  private static final double[] ODD_VALUES = {
    Double.NaN, Double.POSITIVE_INFINITY, -1e308, 1e200, -0.0, Double.MIN_VALUE
  };

  private final Set<Integer> owed = new HashSet<>();
  private int tokens;

  @Property(tries = 500)
  void theMachineStaysConsistent(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Consistency consistency = CONSISTENCIES.get(random.nextInt(CONSISTENCIES.size()));
    List<String> optimizers = List.of("sgd", "adagrad", "adam", "momentum");
    Optimizer optimizer =
        Optimizers.byName(optimizers.get(random.nextInt(optimizers.size()))).orElseThrow();
    ShardMachine<Integer> machine =
        new ShardMachine<>(
            new ShardSettings(
                WORKERS,
                LENGTH,
                optimizer,
                StepSize.constant(0.5),
                consistency,
                10,
                random.nextInt(1, 400),
                2,
                4));
    owed.clear();
    tokens = 0;
    boolean oddValues = random.nextInt(3) == 0;
    long[] clocks = new long[WORKERS];
    long version = 0;
    for (int event = 0; event < 150; event++) {
      int from = tokens++;
      owed.add(from);
      take(machine, request(machine, random, from, event, oddValues), seed);
      ShardStatus status = machine.status();
      for (int worker = 0; worker < WORKERS; worker++) {
        assertThat(status.clocks()[worker])
            .as("clock of worker %d, seed %d", worker, seed)
            .isBetween(clocks[worker], clocks[worker] + 1);
      }
      clocks = status.clocks();
      assertThat(machine.nextSequences()).as("ledger, seed %d", seed).isEqualTo(clocks);
      assertThat(status.version()).as("version, seed %d", seed).isBetween(version, version + 1);
      version = status.version();
      assertFinite(machine, seed);
      if (consistency.kind() == Consistency.Kind.ASP && !machine.hasDiverged()) {
        assertThat(status.version()).isEqualTo(clocks[0] + clocks[1] + clocks[2]);
      }
      assertThat(owed).as("owed, seed %d", seed).hasSize(status.numParked());
    }
    take(machine, machine.close(), seed);
    assertThat(owed).as("never answered, seed %d", seed).isEmpty();
  }

  @Property(tries = 1)
  void whatIsWrongWithAGradientIsNamed() {
    ShardMachine<Integer> machine =
        new ShardMachine<>(
            new ShardSettings(
                WORKERS,
                LENGTH,
                Optimizers.byName("sgd").orElseThrow(),
                StepSize.constant(1),
                Consistency.asp(),
                10,
                100,
                1,
                4));
    assertThat(refusal(machine, Gradient.dense(new double[3])))
        .isEqualTo("the gradient of worker 2 has 3 values, the slice 4");
    assertThat(refusal(machine, Gradient.sparse(new int[] {0, 4}, new double[2])))
        .isEqualTo("the gradient of worker 2 has position 4 at index 1; they must ascend below 4");
    assertThat(refusal(machine, Gradient.sparse(new int[] {-1}, new double[1])))
        .contains("position -1 at index 0");
    assertThat(refusal(machine, Gradient.sparse(new int[] {2, 2}, new double[2])))
        .contains("position 2 at index 1");
    PushRequest infinite =
        new PushRequest(
            2, 1, 5, 0, 1, Gradient.sparse(new int[] {1, 3}, new double[] {1, -1e300}), null);
    assertThat(Flaw.ofValues(infinite))
        .isEqualTo("gradient 5 of worker 2 is -1.0E300 at position 3 of the slice");
  }

  private static String refusal(ShardMachine<Integer> machine, Gradient gradient) {
    List<Effect<Integer>> effects =
        machine.push(new PushRequest(2, 1, 0, 0, 1, gradient, null), 0, 0);
    assertThat(effects).hasSize(1);
    Response response = ((Effect.Answer<Integer>) effects.get(0)).response();
    return ((Response.Rejected) response).message();
  }

  private void take(ShardMachine<Integer> machine, List<Effect<Integer>> effects, long seed) {
    for (Effect<Integer> effect : effects) {
      if (effect instanceof Effect.Answer<Integer> answer) {
        assertThat(owed.remove(answer.to()))
            .as("%d was answered before, seed %d", answer.to(), seed)
            .isTrue();
        if (answer.response() instanceof Response.Weights weights
            && weights.progress() == Progress.RUNNING) {
          assertThat(weights.values().remaining()).isLessThanOrEqualTo(LENGTH);
        }
      }
    }
  }

  private static void assertFinite(ShardMachine<Integer> machine, long seed) {
    double[] weights = new double[LENGTH];
    machine.current().weights().get(weights);
    for (double weight : weights) {
      assertThat(weight).as("weight, seed %d", seed).isFinite();
    }
  }

  private List<Effect<Integer>> request(
      ShardMachine<Integer> machine, SplittableRandom random, int from, long now, boolean odd) {
    int worker = odd || random.nextInt(20) > 0 ? random.nextInt(WORKERS) : oddInt(random);
    long attempt = random.nextInt(10) == 0 ? random.nextInt(-2, 6) : 3;
    long next =
        worker >= 0 && worker < WORKERS ? machine.nextSequences()[worker] : random.nextInt(5);
    long sequence = random.nextInt(6) == 0 ? next + random.nextInt(-3, 4) : next;
    return switch (random.nextInt(8)) {
      case 0 -> machine.hello(new HelloRequest(worker, attempt), from);
      case 1, 2 ->
          machine.pull(new PullRequest(worker, attempt, sequence, selection(random)), from, now);
      default -> {
        long version = machine.status().version();
        long read = Math.max(-1, version + random.nextInt(-3, random.nextInt(8) == 0 ? 3 : 1));
        Selection nextPull = random.nextInt(3) > 0 ? selection(random) : null;
        int examples = random.nextInt(15) == 0 ? oddInt(random) : 4;
        yield machine.push(
            new PushRequest(
                worker, attempt, sequence, read, examples, gradient(random, odd), nextPull),
            from,
            now);
      }
    };
  }

  private static int oddInt(SplittableRandom random) {
    int[] odd = {-1, 0, WORKERS, Integer.MAX_VALUE, Integer.MIN_VALUE};
    return odd[random.nextInt(odd.length)];
  }

  private static Selection selection(SplittableRandom random) {
    int @Nullable [] positions = positions(random);
    return positions == null ? Selection.all() : Selection.of(positions);
  }

  private static Gradient gradient(SplittableRandom random, boolean odd) {
    int @Nullable [] positions = positions(random);
    int count =
        positions == null
            ? (random.nextInt(20) == 0 ? random.nextInt(8) : LENGTH)
            : positions.length;
    double[] values = new double[count];
    for (int k = 0; k < count; k++) {
      values[k] =
          odd && random.nextInt(30) == 0
              ? ODD_VALUES[random.nextInt(ODD_VALUES.length)]
              : random.nextDouble(-1, 1);
    }
    return positions == null ? Gradient.dense(values) : Gradient.sparse(positions, values);
  }

  /** Null for all; else ascending, but for one in ten. */
  private static int @Nullable [] positions(SplittableRandom random) {
    if (random.nextBoolean()) {
      return null;
    }
    if (random.nextInt(10) == 0) {
      return new int[] {random.nextInt(-2, 6), random.nextInt(-2, 6)};
    }
    return random.ints(0, LENGTH).limit(random.nextInt(5)).distinct().sorted().toArray();
  }
}
