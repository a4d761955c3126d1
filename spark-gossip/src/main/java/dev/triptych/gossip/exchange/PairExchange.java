package dev.triptych.gossip.exchange;

import dev.triptych.gossip.pairing.PairMessage;
import dev.triptych.gossip.pairing.PairOrder;
import dev.triptych.gossip.pairing.PairingNode;
import dev.triptych.gossip.pairing.Patience;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.Endpoint;
import dev.triptych.spark.transport.Reply;
import dev.triptych.spark.transport.RequestHandler;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pairwise averages between the nodes of one task and their neighbours: by method calls inside a
 * process, through one {@link Endpoint} between processes. No thread per neighbour: what arrives is
 * averaged on the thread that brings it. An unreachable neighbour is looked up again in the
 * driver's directory, because Spark may have started it elsewhere.
 *
 * <p>First {@link #open}, then {@link #connect}, then each node's thread uses its {@link #host},
 * then {@link #quiet} and, when all nodes of the run have finished, {@link #close}. Thread-safe.
 */
public final class PairExchange implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PairExchange.class);
  private static final Duration RETRY = Duration.ofMillis(200);
  private static final Duration MOST_PATIENCE = Duration.ofSeconds(2);
  private static final long TICK_MILLIS = 50;
  private static final ByteBuffer RECEIVED = ByteBuffer.allocate(0);
  private static final ConcurrentHashMap<Place, PairHost> PROCESS = new ConcurrentHashMap<>();

  private final String runId;
  private final Duration maxWait;
  private final ConcurrentHashMap<Place, PairHost> process;
  private final Map<Integer, PairHost> hosts = new TreeMap<>();
  private final Map<Pair, Reply> owed = new ConcurrentHashMap<>();
  private final Map<Pair, Boolean> asked = new ConcurrentHashMap<>();
  private final Endpoint endpoint;
  private final AtomicBoolean lookingUp = new AtomicBoolean();
  private final ScheduledExecutorService ticker =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "triptych-gossip-ticks");
            thread.setDaemon(true);
            return thread;
          });
  // The ticker's only.
  private final Map<Integer, List<Integer>> told = new HashMap<>();
  private volatile Map<Integer, Address> addresses = Map.of();
  private volatile @Nullable Supplier<CompletableFuture<Map<Integer, Address>>> directory;

  private PairExchange(
      String runId,
      Duration maxWait,
      ConcurrentHashMap<Place, PairHost> process,
      int[] nodes,
      Function<Patience, IntFunction<PairingNode>> machines,
      Function<RequestHandler, Endpoint> openEndpoint) {
    this.runId = runId;
    this.maxWait = maxWait;
    this.process = process;
    Duration patience =
        maxWait.compareTo(MOST_PATIENCE.multipliedBy(4)) < 0 ? maxWait.dividedBy(4) : MOST_PATIENCE;
    IntFunction<PairingNode> machine =
        machines.apply(new Patience(RETRY.toNanos(), patience.toNanos()));
    for (int node : nodes) {
      hosts.put(node, new PairHost(runId, this, machine.apply(node)));
    }
    this.endpoint = openEndpoint.apply(this::handle);
    hosts.forEach((node, host) -> process.put(new Place(runId, node), host));
  }

  /**
   * Opens the places of nodes that are there from the beginning.
   *
   * @param runId unique in the cluster
   * @param nodes hosted by this task
   * @param weights of each of them; handed over
   * @param seed of the choice of partners
   * @param maxWait bound of every wait
   */
  public static PairExchange open(
      String runId,
      int[] nodes,
      PairOrder order,
      IntFunction<double[]> weights,
      long seed,
      Duration maxWait) {
    return open(
        runId, nodes, order, weights, seed, maxWait, PROCESS, handler -> endpoint(runId, handler));
  }

  static PairExchange open(
      String runId,
      int[] nodes,
      PairOrder order,
      IntFunction<double[]> weights,
      long seed,
      Duration maxWait,
      ConcurrentHashMap<Place, PairHost> process,
      Function<RequestHandler, Endpoint> openEndpoint) {
    long now = System.nanoTime();
    return new PairExchange(
        runId,
        maxWait,
        process,
        nodes,
        patience -> node -> PairingNode.of(node, order, weights.apply(node), patience, seed, now),
        openEndpoint);
  }

  /**
   * Opens the places of nodes that Spark starts anew.
   *
   * @param attempt above those before
   */
  public static PairExchange rejoin(
      String runId,
      int attempt,
      int[] nodes,
      PairOrder order,
      int numParameters,
      long seed,
      Duration maxWait) {
    return rejoin(
        runId,
        attempt,
        nodes,
        order,
        numParameters,
        seed,
        maxWait,
        PROCESS,
        handler -> endpoint(runId, handler));
  }

  static PairExchange rejoin(
      String runId,
      int attempt,
      int[] nodes,
      PairOrder order,
      int numParameters,
      long seed,
      Duration maxWait,
      ConcurrentHashMap<Place, PairHost> process,
      Function<RequestHandler, Endpoint> openEndpoint) {
    long now = System.nanoTime();
    return new PairExchange(
        runId,
        maxWait,
        process,
        nodes,
        patience ->
            node -> PairingNode.rejoining(node, attempt, order, numParameters, patience, seed, now),
        openEndpoint);
  }

  private static Endpoint endpoint(String runId, RequestHandler handler) {
    return Endpoint.open("pairs of run " + runId, 1, handler);
  }

  /** Its endpoint, for calls to the driver. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** A node of this task. */
  public PairHost host(int node) {
    PairHost host = hosts.get(node);
    if (host == null) {
      throw new IllegalArgumentException("run " + runId + ": node " + node + " is not hosted here");
    }
    return host;
  }

  /**
   * Begins: all nodes of the run are there.
   *
   * @param everybody where they are
   * @param lookUp asks the driver where they are now
   * @param missing told which neighbours a node misses, whenever that changes, and again and again
   *     while there are some
   */
  public void connect(
      Map<Integer, Address> everybody,
      Supplier<CompletableFuture<Map<Integer, Address>>> lookUp,
      Missing missing) {
    addresses = Map.copyOf(everybody);
    directory = lookUp;
    var unused =
        ticker.scheduleWithFixedDelay(() -> tick(missing), 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Hears of missed neighbours. */
  @FunctionalInterface
  public interface Missing {
    void misses(int node, List<Integer> neighbours);
  }

  /** This task's nodes start no more averages: they answer, and miss nobody any more. */
  public void quiet() throws InterruptedException {
    ticker.shutdownNow();
    ticker.awaitTermination(1, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    ticker.shutdownNow();
    hosts.forEach((node, host) -> process.remove(new Place(runId, node), host));
    endpoint.close();
  }

  private void tick(Missing missing) {
    try {
      for (PairHost host : hosts.values()) {
        host.tick();
        List<Integer> gone = host.gone();
        if (!gone.isEmpty() || !told.getOrDefault(host.node(), List.of()).isEmpty()) {
          told.put(host.node(), gone);
          missing.misses(host.node(), gone);
        }
      }
    } catch (RuntimeException e) {
      log.error("run {}: a tick failed", runId, e);
    }
  }

  /** Carries a message away; false if the one before, to the same node, is still under way. */
  boolean send(PairHost from, PairEnvelope envelope) {
    PairHost local = process.get(new Place(runId, envelope.receiver()));
    if (local != null) {
      local.receive(envelope.sender(), envelope.message());
      return true;
    }
    Pair pair = new Pair(envelope.sender(), envelope.receiver());
    PairMessage message = envelope.message();
    if (isReply(message)) {
      Reply reply = owed.remove(pair);
      if (reply != null) {
        reply.success(envelope.encode());
      }
      return reply != null;
    }
    boolean question = !(message instanceof PairMessage.Settled);
    if (question && asked.putIfAbsent(pair, true) != null) {
      return false;
    }
    Address peer = addresses.get(envelope.receiver());
    if (peer == null) {
      asked.remove(pair);
      throw new IllegalStateException(
          "run " + runId + ": node " + envelope.receiver() + " is nowhere; connect() comes first");
    }
    String what = "node " + envelope.sender() + "'s message to node " + envelope.receiver();
    CompletableFuture<ByteBuffer> unused =
        endpoint
            .call(peer, what, envelope.encode(), maxWait)
            .whenComplete(
                (response, failure) -> {
                  if (question) {
                    asked.remove(pair);
                    answered(from, envelope.receiver(), response, failure);
                  }
                });
    return true;
  }

  private void answered(PairHost host, int peer, ByteBuffer response, @Nullable Throwable failure) {
    if (failure == null) {
      host.receive(peer, PairEnvelope.decode(response).message());
    } else {
      log.debug("run {}: node {} asked node {}", runId, host.node(), peer, failure);
      host.lost(peer);
      lookUp();
    }
  }

  /** Asks the driver where the nodes are now; one question at a time, never blocks. */
  void lookUp() {
    Supplier<CompletableFuture<Map<Integer, Address>>> ask = directory;
    if (ask == null || !lookingUp.compareAndSet(false, true)) {
      return;
    }
    CompletableFuture<Map<Integer, Address>> unused =
        ask.get()
            .whenComplete(
                (found, failure) -> {
                  if (failure == null) {
                    addresses = Map.copyOf(found);
                  }
                  lookingUp.set(false);
                });
  }

  private void handle(ByteBuffer request, Reply reply) {
    PairEnvelope envelope = PairEnvelope.decode(request);
    PairHost host = hosts.get(envelope.receiver());
    if (!envelope.runId().equals(runId) || host == null) {
      throw new IllegalArgumentException(
          String.format(
              "here is run %s with nodes %s, the message is for run %s and node %d",
              runId, hosts.keySet(), envelope.runId(), envelope.receiver()));
    }
    if (envelope.message() instanceof PairMessage.Settled) {
      reply.success(RECEIVED.duplicate());
    } else if (isReply(envelope.message())) {
      throw new IllegalArgumentException("a reply came as a request");
    } else {
      owed.put(new Pair(envelope.receiver(), envelope.sender()), reply);
    }
    host.receive(envelope.sender(), envelope.message());
  }

  private static boolean isReply(PairMessage message) {
    return message instanceof PairMessage.Answer
        || message instanceof PairMessage.Alive
        || message instanceof PairMessage.Weights;
  }

  /** A node of a run. */
  record Place(String runId, int node) {}

  private record Pair(int from, int to) {}
}
