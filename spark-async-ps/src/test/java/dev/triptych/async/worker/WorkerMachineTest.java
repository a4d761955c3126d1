package dev.triptych.async.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.async.shard.Progress;
import dev.triptych.async.shard.PushRequest;
import dev.triptych.async.shard.Response;
import dev.triptych.async.shard.Response.Reason;
import dev.triptych.async.store.Gradient;
import dev.triptych.async.store.Selection;
import dev.triptych.async.worker.WorkerEffect.Failed;
import dev.triptych.async.worker.WorkerEffect.Pulled;
import dev.triptych.async.worker.WorkerEffect.Resumed;
import dev.triptych.async.worker.WorkerEffect.Send;
import dev.triptych.async.worker.WorkerEffect.WakeAt;
import java.nio.DoubleBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerMachineTest {
  private static final RetryRule RULE = new RetryRule(10, 40, 100, 1000);
  private static final Selection[] ONE_EACH = {Selection.range(0, 1), Selection.range(0, 1)};

  private final WorkerMachine worker = new WorkerMachine(3, 7, 2, RULE);

  @Test
  void aWorkerContinuesAtTheSmallestStepThatSomeShardLacks() {
    worker.hello(0);
    assertThat(worker.answered(0, 0, resume(5), 1)).isEmpty();
    assertThat(worker.answered(1, 1, resume(4), 2)).containsExactly(new Resumed(4));
  }

  @Test
  void whatIsUnansweredIsSentAgainUnchangedAndOnlyThere() {
    List<WorkerEffect> sent = worker.hello(0);
    assertThat(sent).hasSize(3).contains(new WakeAt(100));
    worker.answered(0, 0, resume(0), 1);
    List<WorkerEffect> again = worker.woken(100);
    assertThat(again)
        .containsExactly(new Send(1, 2, ((Send) sent.get(1)).request(), true), new WakeAt(200));
    assertThat(worker.answered(1, 1, resume(0), 101)).as("the first sending counts too").hasSize(1);
    assertThat(worker.answered(1, 2, resume(0), 102)).as("once").isEmpty();
  }

  @Test
  void pausesDoubleAfterLossesAndTheBoundEndsTheCall() {
    worker.hello(0);
    worker.answered(0, 0, resume(0), 0);
    long ticket = 1;
    long now = 0;
    for (long pause : new long[] {10, 20, 40, 40}) {
      assertThat(worker.lost(1, ticket, "cut", now)).containsExactly(new WakeAt(now + pause));
      now += pause;
      ticket = ((Send) worker.woken(now).get(0)).ticket();
    }
    assertThat(worker.lost(1, ticket, "cut", 970)).containsExactly(new Failed(1, null, "cut"));
    assertThat(worker.isCalling()).isFalse();
  }

  @Test
  void aFencedWorkerStopsForGood() {
    worker.hello(0);
    Failed fenced = new Failed(0, Reason.FENCED, "newer");
    assertThat(worker.answered(0, 0, rejected(Reason.FENCED, "newer"), 1)).containsExactly(fenced);
    assertThat(worker.pull(0, ONE_EACH, 2)).containsExactly(fenced);
  }

  @Test
  void aSupersededRequestIsAskedAgainUnlessItWasAlready() {
    worker.hello(0);
    Response superseded = rejected(Reason.SUPERSEDED, "asked again");
    assertThat(worker.answered(0, 0, superseded, 1)).containsExactly(new WakeAt(11));
    worker.woken(11);
    assertThat(worker.answered(0, 0, superseded, 12)).isEmpty();
    assertThat(worker.isCalling()).isTrue();
  }

  @Test
  void otherRefusalsEndTheCall() {
    worker.hello(0);
    assertThat(worker.answered(1, 1, rejected(Reason.UNKNOWN_RUN, "no run"), 1))
        .containsExactly(new Failed(1, Reason.UNKNOWN_RUN, "no run"));
  }

  @Test
  void aGradientThatOnlySomeShardsHaveTakenIsOwedToTheOthersAfterTheEnd() {
    worker.hello(0);
    worker.answered(0, 0, resume(5), 1);
    worker.answered(1, 1, resume(4), 1);
    worker.pull(4, ONE_EACH, 2);
    worker.answered(0, 2, weights(Progress.RUNNING, 9), 3);
    assertThat(worker.answered(1, 3, weights(Progress.DONE, 8), 3))
        .first()
        .extracting(effect -> ((Pulled) effect).progress())
        .isEqualTo(Progress.RUNNING);
    Gradient[] gradients = {Gradient.dense(new double[1]), Gradient.dense(new double[1])};
    List<WorkerEffect> push = worker.push(4, new long[] {9, 8}, 1, gradients, ONE_EACH, 4);
    assertThat(((PushRequest) ((Send) push.get(1)).request()).versionRead()).isEqualTo(8);
    worker.answered(0, 4, weights(Progress.DONE, 9), 5);
    assertThat(worker.answered(1, 5, weights(Progress.DONE, 9), 5))
        .first()
        .extracting(effect -> ((Pulled) effect).progress())
        .isEqualTo(Progress.DONE);
  }

  @Test
  void answersOfAnotherShapeFailTheCallByName() {
    worker.pull(0, ONE_EACH, 0);
    Response two =
        new Response.Weights(Progress.RUNNING, 0, DoubleBuffer.wrap(new double[] {1, 2}));
    assertThat(worker.answered(0, 0, two, 1))
        .containsExactly(new Failed(0, null, "sent 2 weights, expected 1"));
  }

  @Test
  void oneCallAtATime() {
    worker.hello(0);
    assertThatThrownBy(() -> worker.hello(1)).isInstanceOf(IllegalStateException.class);
  }

  private static Response resume(long next) {
    return new Response.Resume(Progress.RUNNING, next);
  }

  private static Response weights(Progress progress, long version) {
    return new Response.Weights(progress, version, DoubleBuffer.wrap(new double[] {1}));
  }

  private static Response rejected(Reason reason, String message) {
    return new Response.Rejected(reason, message);
  }
}
