package dev.triptych.gossip.control;

import dev.triptych.gossip.membership.Complaint;
import dev.triptych.gossip.membership.Epoch;
import dev.triptych.spark.control.RunAddress;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import dev.triptych.spark.transport.RequestHandler;
import dev.triptych.spark.worker.TaskWait;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task's side of the membership epochs. From its opening on it tells the driver ten times a
 * second that the task is alive and how far its nodes are, on a small thread of its own. One thread
 * arrives, is ready, complains and stops.
 */
public final class EpochClient implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EpochClient.class);
  private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(30);
  private static final long ALIVE_MILLIS = 100;
  private static final RequestHandler NOTHING =
      (request, reply) -> reply.failure("a task answers no requests of its driver");

  private final RunAddress run;
  private final long life;
  private final List<Integer> nodes;
  private final Supplier<List<Long>> sentRounds;
  private final Endpoint endpoint;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "triptych-gossip-alive");
            thread.setDaemon(true);
            return thread;
          });
  private volatile int epoch;
  private volatile @Nullable Runnable halt;
  private @Nullable String overReason;

  private EpochClient(
      RunAddress run,
      long life,
      List<Integer> nodes,
      Supplier<List<Long>> sentRounds,
      Function<RequestHandler, Endpoint> openEndpoint) {
    this.run = run;
    this.life = life;
    this.nodes = nodes;
    this.sentRounds = sentRounds;
    this.endpoint = openEndpoint.apply(NOTHING);
    var unused =
        clock.scheduleWithFixedDelay(
            this::tellAlive, ALIVE_MILLIS, ALIVE_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * Opens the client of one task.
   *
   * @param run from {@link EpochControl#address()}
   * @param life the task's number, larger than those of tasks that Spark started before
   * @param nodes hosted by this task
   * @param sentRounds the last round whose message each of them has sent; thread-safe
   */
  public static EpochClient open(
      RunAddress run, long life, List<Integer> nodes, Supplier<List<Long>> sentRounds) {
    return open(
        run,
        life,
        nodes,
        sentRounds,
        handler -> Endpoint.open("client of run " + run.runId(), 1, handler));
  }

  static EpochClient open(
      RunAddress run,
      long life,
      List<Integer> nodes,
      Supplier<List<Long>> sentRounds,
      Function<RequestHandler, Endpoint> openEndpoint) {
    return new EpochClient(run, life, List.copyOf(nodes), sentRounds, openEndpoint);
  }

  /**
   * Waits for the next epoch; the driver bounds the wait.
   *
   * @param rounds that the nodes have done, by position
   * @return null if there is none
   * @throws dev.triptych.spark.transport.TransportException if the driver refuses or cannot be
   *     reached
   */
  public @Nullable Epoch arrive(List<Long> rounds) throws InterruptedException {
    while (true) {
      EpochReply reply =
          ask(
              "the arrival of nodes " + nodes,
              new EpochRequest.Arrive(run.runId(), life, nodes, rounds, epoch));
      if (reply instanceof EpochReply.Open open) {
        epoch = open.epoch().number();
        return open.epoch();
      }
      if (reply instanceof EpochReply.Over over) {
        overReason = over.reason();
        return null;
      }
    }
  }

  /**
   * Waits until all members are ready for the epoch.
   *
   * @param exchange where other tasks reach this one
   * @param whenOver called by another thread, once or more, when the epoch that begins is over
   * @return where the members are, or null if the epoch is over before it has begun
   */
  public @Nullable Map<Integer, Address> ready(Address exchange, Runnable whenOver)
      throws InterruptedException {
    while (true) {
      EpochReply reply =
          ask(
              "nodes " + nodes + " in epoch " + epoch,
              new EpochRequest.Ready(run.runId(), life, epoch, exchange));
      if (reply instanceof EpochReply.Go go) {
        halt = whenOver;
        return go.members();
      }
      if (!(reply instanceof EpochReply.Wait)) {
        return null;
      }
    }
  }

  /** A node has waited too long in this epoch, which is over with that. */
  public void complain(Complaint complaint) throws InterruptedException {
    ask(
        "node " + complaint.node() + "'s complaint",
        new EpochRequest.Complain(run.runId(), life, epoch, complaint));
  }

  /** The run cannot go on; there will be no further epoch. */
  public void stop(String reason) throws InterruptedException {
    ask("a stop", new EpochRequest.Stop(run.runId(), life, reason));
  }

  /** Whether {@link #arrive} has returned null because all rounds are done. */
  public boolean isFinished() {
    return overReason != null && overReason.isEmpty();
  }

  @Override
  public void close() {
    clock.shutdownNow();
    endpoint.close();
  }

  private void tellAlive() {
    int current = epoch;
    try {
      ByteBuffer request =
          EpochCodec.encode(
              new EpochRequest.Alive(
                  run.runId(), life, current, new ArrayList<>(sentRounds.get())));
      EpochReply reply =
          EpochCodec.decodeReply(
              endpoint
                  .call(run.driver(), "a sign of life", request, REPLY_TIMEOUT)
                  .get(2 * REPLY_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS));
      Runnable halting = halt;
      if (!(reply instanceof EpochReply.Go) && halting != null && current == epoch) {
        halting.run();
      }
    } catch (ExecutionException | TimeoutException e) {
      log.warn("{}: a sign of life was lost: {}", endpoint, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.warn("{}: a sign of life failed", endpoint, e);
    }
  }

  private EpochReply ask(String what, EpochRequest request) throws InterruptedException {
    return EpochCodec.decodeReply(
        TaskWait.forValue(
            endpoint.call(run.driver(), what, EpochCodec.encode(request), REPLY_TIMEOUT)));
  }
}
