package dev.triptych.gossip.exchange;

import dev.triptych.gossip.pairing.Separation;
import dev.triptych.gossip.pairing.StepBudget;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import dev.triptych.spark.transport.Reply;
import dev.triptych.spark.transport.RequestHandler;
import java.nio.ByteBuffer;
import java.util.function.Function;

/**
 * The driver's side of a {@link StepBudget}: one place where all nodes claim their steps and say
 * whom they miss, so that a run whose graph stays apart can end; tasks use {@link BudgetClient}.
 * Its clock starts with the first claim. Thread-safe.
 */
public final class BudgetDesk implements AutoCloseable {
  private final String runId;
  private final Endpoint endpoint;
  // Guarded by itself.
  private final StepBudget budget;
  private final Separation separation;
  private long startNanos;
  private boolean started;

  private BudgetDesk(
      String runId,
      StepBudget budget,
      Separation separation,
      Function<RequestHandler, Endpoint> openEndpoint) {
    this.runId = runId;
    this.budget = budget;
    this.separation = separation;
    this.endpoint = openEndpoint.apply(this::handle);
  }

  /** Opens the desk in the driver. */
  public static BudgetDesk open(String runId, StepBudget budget, Separation separation) {
    return open(
        runId, budget, separation, handler -> Endpoint.open("steps of run " + runId, 1, handler));
  }

  static BudgetDesk open(
      String runId,
      StepBudget budget,
      Separation separation,
      Function<RequestHandler, Endpoint> openEndpoint) {
    return new BudgetDesk(runId, budget, separation, openEndpoint);
  }

  /** Where nodes reach it. */
  public Address address() {
    return endpoint.address();
  }

  /** Looks at the budget, while no node changes it. */
  public <T> T read(Function<StepBudget, T> reader) {
    synchronized (budget) {
      return reader.apply(budget);
    }
  }

  @Override
  public void close() {
    endpoint.close();
  }

  private void handle(ByteBuffer request, Reply reply) {
    BudgetMessage message = BudgetMessage.decode(request);
    if (!message.runId().equals(runId)) {
      throw new IllegalArgumentException(
          "here is run " + runId + ", the claim is for run " + message.runId());
    }
    StepBudget.Grant grant;
    long elapsed;
    synchronized (budget) {
      long now = System.nanoTime();
      if (!started) {
        started = true;
        startNanos = now;
      }
      elapsed = now - startNanos;
      switch (message.event()) {
        case CLAIM -> {}
        case FINISHED -> {
          budget.finish(message.node());
          // It looks after nobody any more.
          separation.misses(message.node(), new int[0], now);
        }
        case DIVERGED -> budget.diverge();
        case MISSES ->
            separation.misses(
                message.node(),
                message.missing().stream().mapToInt(Integer::intValue).toArray(),
                now);
      }
      String apart = separation.reason(now);
      if (apart != null) {
        budget.fail(apart);
      }
      grant = budget.claim(message.node(), message.wanted());
    }
    reply.success(BudgetMessage.encodeReply(grant, elapsed));
  }
}
