package dev.triptych.async.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.async.consistency.Consistency;
import dev.triptych.async.shard.Response.Reason;
import dev.triptych.async.store.Gradient;
import dev.triptych.async.store.Selection;
import dev.triptych.core.optimizer.Sgd;
import dev.triptych.core.optimizer.StepSize;
import java.nio.DoubleBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ShardMachineTest {
  private static final Gradient G = Gradient.dense(new double[] {1, 2});

  @Test
  void firstPullsWaitUntilAllWorkersHaveAsked() {
    ShardMachine<String> machine = machine(2, Consistency.asp(), 100);
    assertThat(pull(machine, 0, 0, "a", 5)).containsExactly(new Effect.Parked<>(0, 0));
    assertThat(machine.status().waitingFor()).containsExactly(1);
    assertThat(pull(machine, 1, 0, "b", 7))
        .containsExactly(
            new Effect.Parked<>(1, 0),
            new Effect.Answer<>("a", weights(0, 0, 0)),
            new Effect.Answer<>("b", weights(0, 0, 0)));
    push(machine, 0, 0, 0, 0, "a", 107);
    assertThat(machine.current().nanos()).as("the clock starts with the gate").isEqualTo(100);
  }

  @Test
  void aRepeatedPushIsAcknowledgedButNotAppliedAgain() {
    ShardMachine<String> machine = open(1, Consistency.asp(), 100);
    push(machine, 0, 0, 0, 0, "a", 1);
    assertThat(push(machine, 0, 0, 0, 0, "a2", 2))
        .containsExactly(new Effect.Answer<>("a2", weights(1, -1, -2)));
    assertThat(machine.status().version()).isEqualTo(1);
    assertThat(machine.status().numDuplicates()).isEqualTo(1);
  }

  @Test
  void anAttemptThatWasReplacedIsFencedWithItsParkedPull() {
    ShardMachine<String> machine = machine(2, Consistency.asp(), 100);
    pull(machine, 0, 0, "old", 0);
    assertThat(reasons(machine.hello(new HelloRequest(0, 1), "new")))
        .containsExactly("old FENCED", "new Resume 0");
    assertThat(reasons(pull(machine, 0, 0, "zombie", 0))).containsExactly("zombie FENCED");
    assertThat(reasons(push(machine, 0, 0, 0, 0, "zombie", 0))).containsExactly("zombie FENCED");
    assertThat(machine.status().version()).isZero();
  }

  @Test
  void aSecondPullOfTheSameWorkerReplacesTheFirst() {
    ShardMachine<String> machine = machine(2, Consistency.asp(), 100);
    pull(machine, 0, 0, "lost", 0);
    assertThat(reasons(pull(machine, 0, 0, "again", 0))).containsExactly("lost SUPERSEDED");
    assertThat(machine.status().numParked()).isEqualTo(1);
  }

  @Test
  void aPushBeyondTheNextSequenceIsRefused() {
    ShardMachine<String> machine = open(1, Consistency.asp(), 100);
    assertThat(reasons(push(machine, 0, 0, 1, 0, "a", 0))).containsExactly("a OUT_OF_ORDER");
    assertThat(reasons(pull(machine, 0, 3, "a", 0))).containsExactly("a OUT_OF_ORDER");
  }

  @Test
  void shapesIndicesAndNumbersThatCannotBeAreRefusedByName() {
    ShardMachine<String> machine = open(1, Consistency.asp(), 100);
    assertThat(reasons(push(machine, 0, Gradient.dense(new double[3]), 0)))
        .containsExactly("x INVALID");
    assertThat(reasons(push(machine, 0, Gradient.sparse(new int[] {2}, new double[1]), 0)))
        .containsExactly("x INVALID");
    assertThat(reasons(push(machine, 1, G, 0))).containsExactly("x INVALID");
    assertThat(reasons(push(machine, 0, G, 9))).as("version of the future").hasSize(1);
    assertThat(
            reasons(machine.pull(new PullRequest(0, 0, 0, Selection.of(new int[] {1, 0})), "x", 0)))
        .containsExactly("x INVALID");
    assertThat(machine.status().version()).isZero();
    assertThat(machine.status().clocks()).containsExactly(0);
  }

  @Test
  void aNaNGradientStopsTheRunAtItsUpdateAndIsNotApplied() {
    ShardMachine<String> machine = open(2, Consistency.ssp(1), 100);
    push(machine, 0, 0, 0, 0, "a", 1);
    push(machine, 0, 0, 1, 1, "a", 2);
    assertThat(machine.status().numParked()).isEqualTo(1);
    List<Effect<String>> effects =
        machine.push(
            new PushRequest(
                1, 0, 0, 0, 1, Gradient.dense(new double[] {Double.NaN, 0}), Selection.all()),
            "b",
            3);
    assertThat(effects)
        .containsExactly(
            new Effect.Answer<>("a", stop(Progress.DIVERGED, 2)),
            new Effect.Answer<>("b", stop(Progress.DIVERGED, 2)));
    assertThat(machine.status().divergedAtUpdate()).isEqualTo(3);
    assertThat(machine.current().weights()).isEqualTo(DoubleBuffer.wrap(new double[] {-2, -4}));
  }

  @Test
  void theBudgetEndsTheRunAndWhatIsInFlightIsStillApplied() {
    ShardMachine<String> machine = open(2, Consistency.asp(), 1);
    assertThat(push(machine, 0, 0, 0, 0, "a", 1))
        .contains(new Effect.Answer<>("a", done(1, -1, -2)));
    assertThat(push(machine, 1, 0, 0, 0, "b", 2))
        .contains(new Effect.Answer<>("b", done(2, -2, -4)));
    assertThat(machine.current().weights()).isEqualTo(DoubleBuffer.wrap(new double[] {-2, -4}));
  }

  @Test
  void anExtendedRunGoesThroughTheGateAgainAndItsClockStoodStill() {
    ShardMachine<String> machine = open(2, Consistency.asp(), 2);
    push(machine, 0, 0, 0, 0, "a", 10);
    push(machine, 1, 0, 0, 0, "b", 20);
    machine.extend(4);
    assertThat(pull(machine, 0, 1, "a", 1000)).containsExactly(new Effect.Parked<>(0, 1));
    assertThat(pull(machine, 1, 1, "b", 2000)).hasSize(3);
    push(machine, 0, 0, 1, 2, "a", 2005);
    assertThat(machine.current().nanos()).isEqualTo(25);
  }

  @Test
  void aWorkerWhosePushReachedThisShardOnlyGetsTheWeightsOfThatClockAgain() {
    ShardMachine<String> machine = open(2, Consistency.bsp(), 100);
    push(machine, 0, 0, 0, 0, "a", 1);
    push(machine, 1, 0, 0, 0, "b", 2);
    assertThat(reasons(machine.hello(new HelloRequest(0, 1), "a"))).containsExactly("a Resume 1");
    // another shard lacks push 0, so the new attempt starts with clock 0 here too
    assertThat(machine.pull(new PullRequest(0, 1, 0, Selection.all()), "a", 3))
        .containsExactly(new Effect.Answer<>("a", weights(0, 0, 0)));
    assertThat(machine.push(new PushRequest(0, 1, 0, 0, 1, G, Selection.all()), "a", 4))
        .containsExactly(new Effect.Answer<>("a", weights(1, -1, -2)));
  }

  @Test
  void onlyTheKeysThatAreAskedForAreSent() {
    ShardMachine<String> machine = open(1, Consistency.asp(), 100);
    push(machine, 0, 0, 0, 0, "a", 1);
    assertThat(machine.pull(new PullRequest(0, 0, 1, Selection.of(new int[] {1})), "a", 2))
        .containsExactly(new Effect.Answer<>("a", weights(1, -2)));
  }

  @Test
  void snapshotsAreKeptAtUpdateZeroAndThenByInterval() {
    ShardMachine<String> machine = open(1, Consistency.asp(), 100);
    for (int t = 0; t < 5; t++) {
      push(machine, 0, 0, t, t, "a", t);
    }
    for (long version = 0; version <= 4; version++) {
      SliceSnapshot snapshot = machine.snapshotFrom(version);
      assertThat(snapshot.version()).isEqualTo(version + version % 2);
      assertThat(snapshot.weights())
          .isEqualTo(
              DoubleBuffer.wrap(new double[] {-snapshot.version(), -2 * snapshot.version()}));
    }
    assertThat(machine.snapshotFrom(5)).isNull();
  }

  @Test
  void closingTellsWhoeverWaits() {
    ShardMachine<String> machine = machine(2, Consistency.asp(), 100);
    pull(machine, 0, 0, "a", 0);
    assertThat(reasons(machine.close())).containsExactly("a UNKNOWN_RUN");
  }

  private static ShardMachine<String> machine(int workers, Consistency consistency, long budget) {
    return new ShardMachine<>(
        new ShardSettings(
            workers, 2, new Sgd(), StepSize.constant(1), consistency, 10, budget, 2, 100));
  }

  private static ShardMachine<String> open(int workers, Consistency consistency, long budget) {
    ShardMachine<String> machine = machine(workers, consistency, budget);
    for (int worker = 0; worker < workers; worker++) {
      pull(machine, worker, 0, "start", 0);
    }
    return machine;
  }

  private static List<Effect<String>> pull(
      ShardMachine<String> machine, int worker, long clock, String from, long now) {
    return machine.pull(new PullRequest(worker, 0, clock, Selection.all()), from, now);
  }

  private static List<Effect<String>> push(
      ShardMachine<String> machine,
      int worker,
      long attempt,
      long sequence,
      long read,
      String from,
      long now) {
    return machine
        .push(new PushRequest(worker, attempt, sequence, read, 1, G, Selection.all()), from, now)
        .stream()
        .filter(effect -> !(effect instanceof Effect.Applied))
        .toList();
  }

  private static List<Effect<String>> push(
      ShardMachine<String> machine, int worker, Gradient gradient, long read) {
    return machine.push(new PushRequest(worker, 0, 0, read, 1, gradient, null), "x", 0);
  }

  private static Response weights(long version, double... values) {
    return new Response.Weights(Progress.RUNNING, version, DoubleBuffer.wrap(values));
  }

  private static Response stop(Progress progress, long version) {
    return new Response.Weights(progress, version, DoubleBuffer.allocate(0));
  }

  private static List<String> reasons(List<Effect<String>> effects) {
    return effects.stream().map(ShardMachineTest::reason).filter(r -> r != null).toList();
  }

  private static @Nullable String reason(Effect<String> effect) {
    if (!(effect instanceof Effect.Answer<String> answer)) {
      return null;
    }
    if (answer.response() instanceof Response.Rejected rejected) {
      Reason reason = rejected.reason();
      return answer.to() + " " + reason;
    }
    if (answer.response() instanceof Response.Resume resume) {
      return answer.to() + " Resume " + resume.nextSequence();
    }
    return answer.to() + " " + answer.response();
  }

  /** A worker that owes a gradient to another shard needs the weights after the end, too. */
  private static Response done(long version, double... weights) {
    return new Response.Weights(Progress.DONE, version, DoubleBuffer.wrap(weights));
  }
}
