package dev.triptych.gossip.control;

import dev.triptych.gossip.membership.Answer;
import dev.triptych.gossip.membership.Epoch;
import dev.triptych.gossip.membership.EpochSettings;
import dev.triptych.gossip.membership.MembershipEpochs;
import dev.triptych.spark.control.RunAddress;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import dev.triptych.spark.transport.Reply;
import dev.triptych.spark.transport.RequestHandler;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver's side of the membership epochs: hears the tasks, lets time pass, and answers. Whoever
 * has to wait is answered when there is something to tell, or after a while with the request to ask
 * again. Thread-safe.
 */
public final class EpochControl implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EpochControl.class);
  private static final long TICK_MILLIS = 100;
  private static final long PARKED_NANOS = 2_000_000_000L;

  private final String runId;
  private final int numNodes;
  private final Duration maxWait;
  private final Endpoint endpoint;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "triptych-gossip-epochs");
            thread.setDaemon(true);
            return thread;
          });
  // Guarded by this, as all that follows.
  private final MembershipEpochs epochs;
  private final List<Parked> parked = new ArrayList<>();
  private final Map<Integer, Address> addresses = new HashMap<>();
  private final Map<Long, List<Integer>> nodesByLife = new HashMap<>();
  private int numNotes;

  private EpochControl(
      String runId, EpochSettings settings, Function<RequestHandler, Endpoint> openEndpoint) {
    this.runId = runId;
    this.numNodes = settings.mixing().numNodes();
    this.maxWait = Duration.ofNanos(settings.maxWaitNanos());
    this.epochs = new MembershipEpochs(settings);
    this.endpoint = openEndpoint.apply(this::handle);
    var unused =
        clock.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * Opens it on the driver.
   *
   * @param runId unique in the application
   * @throws IllegalStateException if Spark does not run in this process
   */
  public static EpochControl open(String runId, EpochSettings settings) {
    return open(runId, settings, handler -> Endpoint.open("control of run " + runId, 1, handler));
  }

  static EpochControl open(
      String runId, EpochSettings settings, Function<RequestHandler, Endpoint> openEndpoint) {
    return new EpochControl(runId, settings, openEndpoint);
  }

  /** For {@link EpochClient#open}; ship it in the task closure. */
  public RunAddress address() {
    return new RunAddress(runId, endpoint.address(), numNodes, maxWait.toMillis());
  }

  /** Spark says that a task is gone. */
  public synchronized void lost(long life, String why) {
    epochs.lost(life, why, System.nanoTime());
    answerParked();
  }

  /** Why the run stopped before its last round; null if it did not. */
  public synchronized @Nullable String stopReason() {
    return epochs.stopReason();
  }

  /** What has happened to the members, one sentence per epoch after the first. */
  public synchronized List<String> notes() {
    return epochs.notes();
  }

  /** How many rounds the slowest member has sent. */
  public synchronized long slowestRound() {
    Epoch epoch = epochs.epoch();
    long[] sent = epochs.sentRounds();
    return epoch == null
        ? 0
        : epoch.members().stream().mapToLong(node -> sent[node]).min().orElse(0);
  }

  @Override
  public void close() {
    clock.shutdownNow();
    endpoint.close();
  }

  private synchronized void tick() {
    epochs.tick(System.nanoTime());
    answerParked();
  }

  private synchronized void handle(ByteBuffer bytes, Reply reply) {
    EpochRequest request = EpochCodec.decodeRequest(bytes);
    if (!request.runId().equals(runId)) {
      throw new IllegalArgumentException(
          "here is run " + runId + ", the message is for run " + request.runId());
    }
    long now = System.nanoTime();
    long life = request.life();
    if (request instanceof EpochRequest.Arrive arrive) {
      epochs.arrive(
          life,
          arrive.nodes().stream().mapToInt(Integer::intValue).toArray(),
          arrive.rounds().stream().mapToLong(Long::longValue).toArray(),
          arrive.after(),
          now);
      nodesByLife.put(life, arrive.nodes());
      parked.add(new Parked(now, reply, () -> toArrival(life, arrive.after())));
    } else if (request instanceof EpochRequest.Ready ready) {
      nodesByLife
          .getOrDefault(life, List.of())
          .forEach(node -> addresses.put(node, ready.exchange()));
      epochs.ready(life, ready.epoch(), now);
      parked.add(new Parked(now, reply, () -> toReady(life, ready.epoch())));
    } else if (request instanceof EpochRequest.Alive alive) {
      epochs.heard(life, alive.sentRounds().stream().mapToLong(Long::longValue).toArray(), now);
      send(reply, toAnswer(epochs.answer(life, alive.epoch()), Map.of()));
    } else if (request instanceof EpochRequest.Complain complain) {
      epochs.complain(complain.epoch(), complain.complaint(), now);
      send(reply, toAnswer(epochs.answer(life, complain.epoch()), Map.of()));
    } else if (request instanceof EpochRequest.Stop stop) {
      epochs.stop(stop.reason());
      send(reply, toAnswer(Answer.OVER, Map.of()));
    }
    answerParked();
  }

  private void answerParked() {
    long now = System.nanoTime();
    for (Iterator<Parked> all = parked.iterator(); all.hasNext(); ) {
      Parked one = all.next();
      EpochReply answer = one.answer.now();
      if (answer == null && now - one.since > PARKED_NANOS) {
        answer = new EpochReply.Wait();
      }
      if (answer != null) {
        all.remove();
        send(one.reply, answer);
      }
    }
    List<String> notes = epochs.notes();
    for (; numNotes < notes.size(); numNotes++) {
      log.warn("run {}: {}", runId, notes.get(numNotes));
    }
  }

  private @Nullable EpochReply toArrival(long life, int after) {
    Epoch epoch = epochs.epochFor(life, after);
    if (epochs.isOver()) {
      return over();
    }
    return epoch == null ? null : new EpochReply.Open(epoch);
  }

  private @Nullable EpochReply toReady(long life, int number) {
    Answer answer = epochs.answerReady(life, number);
    if (answer == null) {
      return null;
    }
    Map<Integer, Address> members = new TreeMap<>();
    Epoch epoch = epochs.epoch();
    if (answer == Answer.GO && epoch != null) {
      epoch.members().forEach(node -> members.put(node, addresses.get(node)));
    }
    return toAnswer(answer, members);
  }

  private EpochReply toAnswer(Answer answer, Map<Integer, Address> members) {
    return switch (answer) {
      case GO -> new EpochReply.Go(members);
      case REFORM -> new EpochReply.Reform();
      case OVER -> over();
    };
  }

  private EpochReply over() {
    String reason = epochs.stopReason();
    return new EpochReply.Over(reason == null ? "" : reason);
  }

  private static void send(Reply reply, EpochReply answer) {
    reply.success(EpochCodec.encode(answer));
  }

  private interface Pending {
    @Nullable EpochReply now();
  }

  private record Parked(long since, Reply reply, Pending answer) {}
}
