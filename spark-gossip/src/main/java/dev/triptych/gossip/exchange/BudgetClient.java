package dev.triptych.gossip.exchange;

import dev.triptych.gossip.exchange.BudgetMessage.Event;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A task's side of {@link BudgetDesk}. Thread-safe; futures complete on event loops. */
public final class BudgetClient {
  private final Endpoint endpoint;
  private final Address desk;
  private final String runId;
  private final Duration maxWait;

  /**
   * @param endpoint to call from; stays the caller's
   * @param desk from {@link BudgetDesk#address}
   * @param maxWait bound of every call
   */
  public BudgetClient(Endpoint endpoint, Address desk, String runId, Duration maxWait) {
    this.endpoint = endpoint;
    this.desk = desk;
    this.runId = runId;
    this.maxWait = maxWait;
  }

  /** Asks for steps; 0 only looks. */
  public CompletableFuture<GrantedSteps> claim(int node, int wanted) {
    return call(node, wanted, Event.CLAIM, List.of());
  }

  /** A node has done all it was granted. */
  public CompletableFuture<GrantedSteps> finish(int node) {
    return call(node, 0, Event.FINISHED, List.of());
  }

  /** A node saw a number that is none. */
  public CompletableFuture<GrantedSteps> diverge(int node) {
    return call(node, 0, Event.DIVERGED, List.of());
  }

  /** A node misses these neighbours now, ascending. */
  public CompletableFuture<GrantedSteps> misses(int node, List<Integer> neighbours) {
    return call(node, 0, Event.MISSES, neighbours);
  }

  private CompletableFuture<GrantedSteps> call(
      int node, int wanted, Event event, List<Integer> missing) {
    BudgetMessage message = new BudgetMessage(runId, node, wanted, event, missing);
    return endpoint.call(
        desk, "node " + node + "'s steps", message.encode(), maxWait, BudgetMessage::decodeReply);
  }
}
