package dev.triptych.async.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.delay.DelayRules;
import dev.triptych.async.store.Gradient;
import dev.triptych.async.store.Selection;
import dev.triptych.core.optimizer.AdaGrad;
import dev.triptych.core.optimizer.Adam;
import dev.triptych.core.optimizer.Momentum;
import dev.triptych.core.optimizer.Optimizer;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.optimizer.StepSize;
import dev.triptych.core.state.DamagedStateException;
import dev.triptych.core.state.StateReader;
import dev.triptych.core.state.StateWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** A machine that was written and read again is the same machine. */
class ShardStatePropertyTest {
  private static final int NOBODY = -1;

  @Property(tries = 200)
  void aMachineThatWasWrittenAndReadGoesOnBitForBit(@ForAll long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    ShardSettings settings = settings(random);
    ShardMachine<Integer> original = new ShardMachine<>(settings);
    ShardMachine<Integer> copy = new ShardMachine<>(settings);
    for (int event = 0; event < 120; event++) {
      if (random.nextInt(10) == 0) {
        copy = read(settings, bytes(copy));
      }
      List<Response> answers = new ArrayList<>();
      List<Response> copied = new ArrayList<>();
      Event next = event(random, original, settings, event);
      collect(next.apply(original), answers);
      collect(next.apply(copy), copied);
      assertThat(copied).as("event %d of seed %d", event, seed).isEqualTo(answers);
      if (event % 10 == 0) {
        assertThat(bytes(copy)).as("event %d of seed %d", event, seed).isEqualTo(bytes(original));
      }
    }
  }

  @Property(tries = 200)
  void damagedAndTruncatedStatesAreRefused(@ForAll long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    ShardSettings settings = settings(random);
    ShardMachine<Integer> machine = new ShardMachine<>(settings);
    for (int event = 0; event < 30; event++) {
      event(random, machine, settings, event).apply(machine);
    }
    byte[] good = bytes(machine);
    byte[] bad;
    if (random.nextBoolean()) {
      bad = Arrays.copyOf(good, random.nextInt(good.length));
    } else {
      bad = good.clone();
      bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
    }
    assertThatThrownBy(() -> read(settings, bad))
        .as("seed %d", seed)
        .isInstanceOfAny(DamagedStateException.class, IllegalArgumentException.class);
  }

  @Property(tries = 50)
  void whileAShardIsHeldNobodyGetsItsNextWeightsAndAfterwardsEverybodyMayGo(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    ShardSettings settings = settings(random);
    ShardMachine<Integer> machine = new ShardMachine<>(settings);
    for (int worker = 0; worker < settings.numWorkers(); worker++) {
      machine.pull(new PullRequest(worker, 0, 0, Selection.all()), worker, 0);
    }
    machine.hold();
    for (int worker = 0; worker < settings.numWorkers(); worker++) {
      List<Response> answers = new ArrayList<>();
      collect(machine.push(push(random, settings, worker, 0, 0), worker, 1), answers);
      if (machine.status().progress() == Progress.DIVERGED) {
        return; // a NaN was drawn: everybody is told so, held or not
      }
      assertThat(answers).as("seed %d", seed).isEmpty();
      assertThat(machine.isParked(worker)).isTrue();
    }
    assertThat(machine.nextSequences()).containsOnly(1);
    long nanos = machine.status().nanos();
    List<Response> answers = new ArrayList<>();
    collect(machine.release(1000), answers);
    assertThat(answers)
        .hasSize(settings.numWorkers())
        .allSatisfy(answer -> assertThat(answer).isInstanceOf(Response.Weights.class));
    machine.push(push(random, settings, 0, 1, 0), 0, 1001);
    assertThat(machine.status().nanos()).as("the clock stood still").isBetween(nanos, nanos + 1);
  }

  private static ShardSettings settings(SplittableRandom random) {
    Optimizer optimizer =
        List.of(new Sgd(), new Momentum(0.5), new AdaGrad(), new Adam(0.9, 0.999))
            .get(random.nextInt(4));
    Consistency consistency =
        List.of(Consistency.bsp(), Consistency.ssp(1), Consistency.asp()).get(random.nextInt(3));
    int length = random.nextInt(8) == 0 ? 5000 : random.nextInt(1, 9);
    return new ShardSettings(
        random.nextInt(1, 4),
        length,
        optimizer,
        new StepSize(StepSize.Schedule.INVERSE_SQRT, 0.25),
        consistency,
        10,
        60,
        1 + random.nextInt(2),
        6,
        DelayRules.parse(
            List.of("none", "inverse", "ringmaster:2", "dc-asgd").get(random.nextInt(4))));
  }

  private interface Event {
    List<Effect<Integer>> apply(ShardMachine<Integer> machine);
  }

  /** Mostly what a worker does, and sometimes what it should not do. */
  private static Event event(
      SplittableRandom random, ShardMachine<Integer> at, ShardSettings settings, long now) {
    int worker = random.nextInt(settings.numWorkers());
    long next = at.nextSequences()[worker];
    long clock = Math.max(0, next + (random.nextInt(6) == 0 ? random.nextInt(-1, 2) : 0));
    long attempt = random.nextInt(20) == 0 ? random.nextInt(3) : 2;
    switch (random.nextInt(12)) {
      case 0:
        return machine -> machine.hello(new HelloRequest(worker, attempt), worker);
      case 1:
        return machine -> {
          machine.countBytes(3, 4);
          machine.extend(60 + now);
          return List.of();
        };
      case 2:
        return machine -> {
          machine.hold();
          return List.of();
        };
      case 3, 4:
        return machine -> machine.release(now);
      case 5, 6, 7:
        {
          Selection selection =
              random.nextBoolean() ? Selection.all() : Selection.of(new int[] {0});
          return machine ->
              machine.pull(new PullRequest(worker, attempt, clock, selection), worker, now);
        }
      default:
        {
          PushRequest push = push(random, settings, worker, clock, attempt);
          return machine -> machine.push(push, worker, now);
        }
    }
  }

  private static PushRequest push(
      SplittableRandom random, ShardSettings settings, int worker, long sequence, long attempt) {
    double[] values = new double[settings.length()];
    values[random.nextInt(values.length)] =
        random.nextInt(300) == 0 ? Double.NaN : random.nextDouble(-1, 1);
    Gradient gradient =
        random.nextBoolean()
            ? Gradient.dense(values)
            : Gradient.sparse(new int[] {0}, new double[] {random.nextDouble(-1, 1)});
    return new PushRequest(worker, attempt, sequence, 0, 1, gradient, Selection.all());
  }

  /** Answers; of weights a copy. */
  private static void collect(List<Effect<Integer>> effects, List<Response> into) {
    for (Effect<Integer> effect : effects) {
      if (effect instanceof Effect.Answer<Integer> answer) {
        Response response = answer.response();
        if (response instanceof Response.Weights weights) {
          double[] values = new double[weights.values().remaining()];
          weights.values().duplicate().get(values);
          response =
              new Response.Weights(
                  weights.progress(), weights.version(), DoubleBuffer.wrap(values));
        }
        into.add(response);
      }
    }
  }

  private static byte[] bytes(ShardMachine<Integer> machine) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    StateWriter out = new StateWriter(bytes);
    machine.writeTo(out);
    out.finish();
    return bytes.toByteArray();
  }

  private static ShardMachine<Integer> read(ShardSettings settings, byte[] bytes)
      throws IOException {
    StateReader in = new StateReader(new ByteArrayInputStream(bytes));
    ShardMachine<Integer> machine = ShardMachine.read(settings, NOBODY, in);
    in.finish();
    return machine;
  }
}
