package dev.triptych.async.worker;

import dev.triptych.async.shard.HelloRequest;
import dev.triptych.async.shard.Progress;
import dev.triptych.async.shard.PullRequest;
import dev.triptych.async.shard.PushRequest;
import dev.triptych.async.shard.Response;
import dev.triptych.async.shard.Response.Reason;
import dev.triptych.async.shard.WorkerRequest;
import dev.triptych.async.store.Gradient;
import dev.triptych.async.store.Selection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at one worker, as a deterministic state machine: calls of the worker's own code and
 * events from the network in, effects out. A call asks all shards at once and ends with {@link
 * WorkerEffect.Resumed}, {@link WorkerEffect.Pulled}, {@link WorkerEffect.Pushed} or {@link
 * WorkerEffect.Failed}; one call at a time. What is lost or stays unanswered is sent again, the
 * same request, until the bound of the {@link RetryRule} is over: a shard applies it once.
 *
 * <p>Usual life: hello → pull of the step it names → (compute → push with the next pull) … until a
 * pull says that the run is done. A worker that was replaced between two shards is still owed to
 * some of them: its gradient of the step that only some have taken is computed and pushed again
 * even if the budget is spent meanwhile, so that all shards take the same pushes.
 *
 * <p>Time is in nanoseconds of any monotonic clock. Not thread-safe. The list that an event returns
 * is new every time.
 */
public final class WorkerMachine {
  private final int worker;
  private final long attempt;
  private final int numShards;
  private final RetryRule retry;

  private final WorkerRequest[] requests;
  private final @Nullable Response[] answers;
  private final long[] tickets;
  private final long[] sendAgainAt;
  private final int[] numLosses;
  private long nextTicket;
  private long firstTicketOfCall;
  private int numMissing;
  private long deadline;
  private long owedUntil;
  private String lastTrouble = "no answer";
  private WorkerEffect.@Nullable Failed stopped;

  /**
   * @param attempt grows with every new attempt at the same worker; older ones are refused
   */
  public WorkerMachine(int worker, long attempt, int numShards, RetryRule retry) {
    this.worker = worker;
    this.attempt = attempt;
    this.numShards = numShards;
    this.retry = retry;
    requests = new WorkerRequest[numShards];
    answers = new Response[numShards];
    tickets = new long[numShards];
    sendAgainAt = new long[numShards];
    numLosses = new int[numShards];
  }

  /** Introduces this attempt and fences older ones; the answer says where to continue. */
  public List<WorkerEffect> hello(long now) {
    Arrays.fill(requests, new HelloRequest(worker, attempt));
    return call(now);
  }

  /**
   * Asks for the weights of a step.
   *
   * @param selections by shard
   */
  public List<WorkerEffect> pull(long step, Selection[] selections, long now) {
    for (int shard = 0; shard < numShards; shard++) {
      requests[shard] = new PullRequest(worker, attempt, step, selections[shard]);
    }
    return call(now);
  }

  /**
   * Pushes the gradient of a step.
   *
   * @param versions that it was computed from, by shard
   * @param numExamples in the mini-batch
   * @param gradients by shard; must not change until the call has ended
   * @param next what to pull for the next step, by shard, or null for nothing
   */
  public List<WorkerEffect> push(
      long step,
      long[] versions,
      int numExamples,
      Gradient[] gradients,
      Selection @Nullable [] next,
      long now) {
    for (int shard = 0; shard < numShards; shard++) {
      requests[shard] =
          new PushRequest(
              worker,
              attempt,
              step,
              versions[shard],
              numExamples,
              gradients[shard],
              next == null ? null : next[shard]);
    }
    return call(now);
  }

  private List<WorkerEffect> call(long now) {
    if (numMissing > 0) {
      throw new IllegalStateException("worker " + worker + " is in a call already");
    }
    List<WorkerEffect> effects = new ArrayList<>(numShards + 1);
    if (stopped != null) {
      effects.add(stopped);
      return effects;
    }
    numMissing = numShards;
    firstTicketOfCall = nextTicket;
    deadline = now + retry.maxWait();
    lastTrouble = "no answer";
    for (int shard = 0; shard < numShards; shard++) {
      answers[shard] = null;
      numLosses[shard] = 0;
      send(shard, false, now, effects);
    }
    wake(effects);
    return effects;
  }

  /** An answer came in; late, repeated and unexpected ones change nothing. */
  public List<WorkerEffect> answered(int shard, long ticket, Response response, long now) {
    List<WorkerEffect> effects = new ArrayList<>(2);
    if (numMissing == 0 || ticket < firstTicketOfCall || answers[shard] != null) {
      return effects;
    }
    if (response instanceof Response.Rejected rejected) {
      refused(shard, ticket, rejected, now, effects);
      return effects;
    }
    String flaw = flawOf(requests[shard], response);
    if (flaw != null) {
      fail(shard, null, flaw, effects);
      return effects;
    }
    answers[shard] = response;
    sendAgainAt[shard] = Long.MAX_VALUE;
    if (--numMissing == 0) {
      effects.add(complete());
    }
    return effects;
  }

  /**
   * The connection was lost before an answer came, or the server is not there.
   *
   * @param why for messages
   */
  public List<WorkerEffect> lost(int shard, long ticket, String why, long now) {
    List<WorkerEffect> effects = new ArrayList<>(1);
    if (numMissing > 0 && answers[shard] == null && ticket == tickets[shard]) {
      sendLater(shard, why, now, effects);
    }
    return effects;
  }

  /** Time has passed. */
  public List<WorkerEffect> woken(long now) {
    List<WorkerEffect> effects = new ArrayList<>(numShards);
    for (int shard = 0; shard < numShards && numMissing > 0; shard++) {
      if (answers[shard] == null && now >= deadline) {
        fail(shard, null, lastTrouble, effects);
        return effects;
      }
      if (answers[shard] == null && now >= sendAgainAt[shard]) {
        send(shard, true, now, effects);
      }
    }
    wake(effects);
    return effects;
  }

  /** The sending came to nothing, and sending it again would not help. */
  public List<WorkerEffect> failed(int shard, long ticket, String why) {
    List<WorkerEffect> effects = new ArrayList<>(1);
    if (numMissing > 0 && answers[shard] == null && ticket == tickets[shard]) {
      fail(shard, null, why, effects);
    }
    return effects;
  }

  /** Whether a call waits for answers. */
  public boolean isCalling() {
    return numMissing > 0;
  }

  private void refused(
      int shard, long ticket, Response.Rejected refusal, long now, List<WorkerEffect> effects) {
    switch (Refusal.of(refusal.reason())) {
      case STOP -> {
        fail(shard, refusal.reason(), refusal.message(), effects);
        stopped = (WorkerEffect.Failed) effects.get(effects.size() - 1);
      }
      case FAIL -> fail(shard, refusal.reason(), refusal.message(), effects);
      case SEND_AGAIN -> {
        if (ticket == tickets[shard]) {
          sendLater(shard, refusal.message(), now, effects);
        }
      }
    }
  }

  private void sendLater(int shard, String why, long now, List<WorkerEffect> effects) {
    lastTrouble = why;
    long at = now + retry.pause(++numLosses[shard]);
    if (at >= deadline) {
      fail(shard, null, why, effects);
      return;
    }
    sendAgainAt[shard] = at;
    effects.add(new WorkerEffect.WakeAt(at));
  }

  private void send(int shard, boolean again, long now, List<WorkerEffect> effects) {
    tickets[shard] = nextTicket++;
    sendAgainAt[shard] =
        retry.resendAfter() == Long.MAX_VALUE ? Long.MAX_VALUE : now + retry.resendAfter();
    effects.add(new WorkerEffect.Send(shard, tickets[shard], requests[shard], again));
  }

  /** Where nothing is lost unnoticed, the network's own bound ends the wait. */
  private void wake(List<WorkerEffect> effects) {
    if (numMissing == 0) {
      return;
    }
    long next = Long.MAX_VALUE;
    for (int shard = 0; shard < numShards; shard++) {
      if (answers[shard] == null) {
        next = Math.min(next, sendAgainAt[shard]);
      }
    }
    if (next < Long.MAX_VALUE) {
      effects.add(new WorkerEffect.WakeAt(Math.min(next, deadline)));
    }
  }

  private void fail(
      int shard, @Nullable Reason reason, String message, List<WorkerEffect> effects) {
    numMissing = 0;
    effects.add(new WorkerEffect.Failed(shard, reason, message));
  }

  private WorkerEffect complete() {
    WorkerRequest request = requests[0];
    if (request instanceof HelloRequest) {
      return resumed();
    }
    Progress progress = Progress.RUNNING;
    if (request instanceof PushRequest push && push.next() == null) {
      for (Response answer : answers) {
        progress = later(progress, ((Response.Accepted) nonNull(answer)).progress());
      }
      return new WorkerEffect.Pushed(progress);
    }
    List<Response.Weights> weights = new ArrayList<>(numShards);
    for (Response answer : answers) {
      Response.Weights part = (Response.Weights) nonNull(answer);
      progress = later(progress, part.progress());
      weights.add(part);
    }
    long step =
        request instanceof PushRequest push ? push.sequence() + 1 : ((PullRequest) request).clock();
    if (progress == Progress.DONE && step < owedUntil) {
      progress = Progress.RUNNING;
    }
    return new WorkerEffect.Pulled(progress, weights);
  }

  private WorkerEffect resumed() {
    long first = Long.MAX_VALUE;
    owedUntil = 0;
    for (Response answer : answers) {
      long next = ((Response.Resume) nonNull(answer)).nextSequence();
      first = Math.min(first, next);
      owedUntil = Math.max(owedUntil, next);
    }
    return new WorkerEffect.Resumed(first);
  }

  private static @Nullable String flawOf(WorkerRequest request, Response response) {
    if (request instanceof HelloRequest) {
      return response instanceof Response.Resume ? null : "unexpected answer to a hello";
    }
    Selection asked =
        request instanceof PullRequest pull ? pull.selection() : ((PushRequest) request).next();
    if (asked == null) {
      return response instanceof Response.Accepted ? null : "unexpected answer to a push";
    }
    if (!(response instanceof Response.Weights weights)) {
      return "unexpected answer to a pull";
    }
    int numValues = weights.values().remaining();
    return weights.progress() == Progress.DIVERGED || asked.count(numValues) == numValues
        ? null
        : "sent %d weights, expected %d".formatted(numValues, asked.count(numValues));
  }

  private static Response nonNull(@Nullable Response answer) {
    if (answer == null) {
      throw new IllegalStateException("a call ended without all answers");
    }
    return answer;
  }

  private static Progress later(Progress a, Progress b) {
    return a.compareTo(b) >= 0 ? a : b;
  }
}
