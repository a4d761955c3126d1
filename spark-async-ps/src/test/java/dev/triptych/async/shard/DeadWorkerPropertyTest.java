package dev.triptych.async.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.async.consistency.Consistency;
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

/** Workers that die leave the clock table, and may come back, at any moment. */
class DeadWorkerPropertyTest {
  private static final Selection ALL = Selection.all();

  @Test
  void theGateOpensWithoutADeadWorker() {
    ShardMachine<String> machine = machine(3, Consistency.asp());
    machine.pull(new PullRequest(0, 0, 0, ALL), "a", 0);
    machine.pull(new PullRequest(1, 0, 0, ALL), "b", 0);
    assertThat(answered(machine.remove(2, 5))).containsExactly("a", "b");
    assertThat(machine.status().waitingFor()).doesNotContain(2);
  }

  @Test
  void bspAveragesThoseThatAreThereAndWhatTheDeadHadPushed() {
    ShardMachine<String> machine = open(3, Consistency.bsp());
    push(machine, 0, 0, 0, 0, 3);
    push(machine, 1, 0, 0, 0, 6);
    assertThat(answered(machine.remove(2, 1))).containsExactly("0", "1");
    assertThat(machine.current().weights().get(0)).isEqualTo(-4.5);
    push(machine, 0, 0, 1, 1, 3);
    machine.remove(0, 2); // it had pushed clock 1
    push(machine, 1, 0, 1, 1, 5);
    assertThat(machine.current().weights().get(0)).isEqualTo(-8.5);
  }

  @Test
  void aDeadAttemptIsFencedAndANewerOneGoesOnWithTheSlowest() {
    ShardMachine<String> machine = open(2, Consistency.ssp(1));
    machine.remove(1, 1);
    for (int t = 0; t < 9; t++) {
      assertThat(push(machine, 0, 0, t, t, 1)).containsExactly("0");
    }
    assertThat(reasons(machine.push(pushOf(1, 0, 0, 0, 1), "zombie", 2)))
        .containsExactly(Response.Reason.FENCED);
    machine.hello(new HelloRequest(1, 1), "back");
    assertThat(answered(machine.pull(new PullRequest(1, 1, 0, ALL), "back", 3)))
        .containsExactly("back");
    assertThat(push(machine, 0, 0, 9, 9, 1)).as("one clock ahead").containsExactly("0");
    assertThat(push(machine, 0, 0, 10, 10, 1)).as("two ahead: waits again").isEmpty();
    assertThat(push(machine, 1, 1, 0, 9, 1)).containsExactly("0", "1");
    assertThat(machine.status().clocks()).as("gradients taken").containsExactly(11, 1);
  }

  @Test
  void aWaitOverTheBoundIsToldOnceAndNamesWhomItWaitsFor() {
    ShardMachine<String> machine = open(2, Consistency.bsp());
    push(machine, 0, 0, 0, 0, 1);
    long second = 1_000_000_000;
    assertThat(machine.longWait(9 * second, 10 * second)).isNull();
    assertThat(machine.longWait(12 * second, 10 * second))
        .isEqualTo("worker 0 has waited 12 s for clock 1; waiting for workers [1]");
    assertThat(machine.longWait(13 * second, 10 * second)).isNull();
  }

  /**
   * Random steps, deaths and returns: the bound holds for the living, and somebody can always go.
   */
  @Property(tries = 200)
  void theBoundHoldsForTheLivingAndNobodyWaitsForTheDead(
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 5) int numWorkers,
      @ForAll @IntRange(min = 0, max = 3) int bound) {
    SplittableRandom random = new SplittableRandom(seed);
    ShardMachine<Integer> machine =
        new ShardMachine<>(settings(numWorkers, Consistency.ssp(bound)));
    long[] attempts = new long[numWorkers];
    long[] versions = new long[numWorkers];
    boolean[] alive = new boolean[numWorkers];
    boolean[] ready = new boolean[numWorkers];
    for (int worker = 0; worker < numWorkers; worker++) {
      alive[worker] = true;
      collect(machine.pull(new PullRequest(worker, 0, 0, ALL), worker, 0), ready, versions);
    }
    for (int event = 1; event < 150; event++) {
      int worker = random.nextInt(numWorkers);
      if (!alive[worker]) {
        if (random.nextInt(4) == 0) {
          alive[worker] = true;
          attempts[worker]++;
          machine.hello(new HelloRequest(worker, attempts[worker]), worker);
          long next = machine.nextSequences()[worker];
          PullRequest pull = new PullRequest(worker, attempts[worker], next, ALL);
          collect(machine.pull(pull, worker, event), ready, versions);
        }
      } else if (random.nextInt(12) == 0) {
        alive[worker] = false;
        List<Effect<Integer>> effects = List.copyOf(machine.remove(worker, event));
        ready[worker] = false;
        collect(effects, ready, versions);
        ready[worker] = false;
      } else if (ready[worker]) {
        ready[worker] = false;
        long next = machine.nextSequences()[worker];
        Gradient gradient = Gradient.dense(new double[] {1});
        PushRequest push =
            new PushRequest(worker, attempts[worker], next, versions[worker], 1, gradient, ALL);
        collect(machine.push(push, worker, event), ready, versions);
      }
      assertThat(machine.status().maxClockGap())
          .as("seed %d", seed)
          .isLessThanOrEqualTo(bound + 1L);
      boolean anybody = false;
      boolean canGo = false;
      for (int k = 0; k < numWorkers; k++) {
        anybody |= alive[k];
        canGo |= alive[k] && ready[k];
      }
      assertThat(canGo).as("event %d of seed %d", event, seed).isEqualTo(anybody);
    }
  }

  private static void collect(List<Effect<Integer>> effects, boolean[] ready, long[] versions) {
    for (Effect<Integer> effect : effects) {
      if (effect instanceof Effect.Answer<Integer> answer
          && answer.response() instanceof Response.Weights weights) {
        ready[answer.to()] = true;
        versions[answer.to()] = weights.version();
      }
    }
  }

  private static ShardSettings settings(int numWorkers, Consistency consistency) {
    return new ShardSettings(
        numWorkers, 1, new Sgd(), StepSize.constant(1), consistency, 10, 1_000_000, 1000, 4);
  }

  private static ShardMachine<String> machine(int numWorkers, Consistency consistency) {
    return new ShardMachine<>(settings(numWorkers, consistency));
  }

  private static ShardMachine<String> open(int numWorkers, Consistency consistency) {
    ShardMachine<String> machine = machine(numWorkers, consistency);
    for (int worker = 0; worker < numWorkers; worker++) {
      machine.pull(new PullRequest(worker, 0, 0, ALL), String.valueOf(worker), 0);
    }
    return machine;
  }

  private static PushRequest pushOf(
      int worker, long attempt, long sequence, long read, double gradient) {
    return new PushRequest(
        worker, attempt, sequence, read, 1, Gradient.dense(new double[] {gradient}), ALL);
  }

  private static List<String> push(
      ShardMachine<String> machine,
      int worker,
      long attempt,
      long sequence,
      long read,
      double gradient) {
    return answered(
        machine.push(pushOf(worker, attempt, sequence, read, gradient), String.valueOf(worker), 0));
  }

  private static List<String> answered(List<Effect<String>> effects) {
    List<String> answered = new ArrayList<>();
    for (Effect<String> effect : effects) {
      if (effect instanceof Effect.Answer<String> answer
          && answer.response() instanceof Response.Weights) {
        answered.add(answer.to());
      }
    }
    return answered;
  }

  private static List<Response.Reason> reasons(List<Effect<String>> effects) {
    List<Response.Reason> reasons = new ArrayList<>();
    for (Effect<String> effect : effects) {
      if (effect instanceof Effect.Answer<String> answer
          && answer.response() instanceof Response.Rejected rejected) {
        reasons.add(rejected.reason());
      }
    }
    return reasons;
  }
}
