package dev.triptych.gossip.exchange;

import dev.triptych.gossip.message.Dense;
import dev.triptych.gossip.message.Message;
import dev.triptych.spark.exchange.VectorSink;
import dev.triptych.spark.exchange.VectorSource;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.CallTimeoutException;
import dev.triptych.spark.transport.ConnectionLostException;
import dev.triptych.spark.transport.Endpoint;
import dev.triptych.spark.transport.Reply;
import dev.triptych.spark.transport.RequestHandler;
import dev.triptych.spark.transport.UploadSink;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One task's way to carry messages between the nodes it hosts and their neighbours. Neighbours in
 * the same process hand over arrays; others are called through one {@link Endpoint}, one request or
 * upload per neighbour and message. What a lost connection is repeated; the receiver ignores what
 * it has already got.
 *
 * <p>First {@link #open}, then {@link #connect} once all nodes of the run are open, then each
 * node's thread sends and receives, and when all of this task's nodes are done, {@link #drain} and
 * {@link #close}. Thread-safe; each node is used by one thread at a time.
 */
public final class Exchange implements AutoCloseable {
  private static final int MAX_REPEATS = 3;
  private static final int UPLOAD_BYTES = 64 << 10;
  // Before any update at which divergence can be seen.
  private static final long ABORTED = 0;
  private static final ByteBuffer RECEIVED = ByteBuffer.allocate(0);

  private final String runId;
  private final Duration maxWait;
  private final Neighbourhood neighbourhood;
  private final ProcessMailboxes process;
  private final Map<Integer, Host> hosts = new HashMap<>();
  private final Endpoint endpoint;
  private volatile Map<Integer, Address> addresses = Map.of();
  private volatile boolean closing;

  private Exchange(
      String runId,
      int[] nodes,
      Neighbourhood neighbourhood,
      long firstRound,
      Duration maxWait,
      ProcessMailboxes process,
      Function<RequestHandler, Endpoint> openEndpoint) {
    this.runId = runId;
    this.maxWait = maxWait;
    this.neighbourhood = neighbourhood;
    this.process = process;
    for (int node : nodes) {
      RoundInbox inbox = new RoundInbox(round -> neighbourhood.senders(node, round), firstRound);
      hosts.put(node, new Host(new NodeMailbox(runId, node, inbox)));
    }
    this.endpoint = openEndpoint.apply(new Incoming());
    hosts.forEach((node, host) -> process.add(runId, node, host.mailbox));
  }

  /**
   * Opens the mailboxes of a task's nodes.
   *
   * @param runId unique in the cluster
   * @param nodes hosted by this task
   * @param firstRound the round that messages start with
   * @param maxWait bound of every wait for neighbours
   */
  public static Exchange open(
      String runId, int[] nodes, Neighbourhood neighbourhood, long firstRound, Duration maxWait) {
    return open(
        runId,
        nodes,
        neighbourhood,
        firstRound,
        maxWait,
        ProcessMailboxes.HERE,
        handler -> Endpoint.open("gossip of run " + runId, 1, handler));
  }

  /**
   * Opens the mailboxes outside Spark.
   *
   * @param openEndpoint opens the endpoint of the handler
   */
  public static Exchange open(
      String runId,
      int[] nodes,
      Neighbourhood neighbourhood,
      long firstRound,
      Duration maxWait,
      Function<RequestHandler, Endpoint> openEndpoint) {
    return open(
        runId, nodes, neighbourhood, firstRound, maxWait, ProcessMailboxes.HERE, openEndpoint);
  }

  static Exchange open(
      String runId,
      int[] nodes,
      Neighbourhood neighbourhood,
      long firstRound,
      Duration maxWait,
      ProcessMailboxes process,
      Function<RequestHandler, Endpoint> openEndpoint) {
    return new Exchange(runId, nodes, neighbourhood, firstRound, maxWait, process, openEndpoint);
  }

  /** Its endpoint, for calls to the driver. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** Tells where all nodes of the run are; every one of them is open. */
  public void connect(Map<Integer, Address> everybody) {
    addresses = Map.copyOf(everybody);
  }

  /**
   * Sends a node's message to all that hear it. First waits until all of them have got this node's
   * message before and are at most {@link RoundInbox#MAX_AHEAD} rounds behind it: so a fast sender
   * has one message under way per neighbour and never fills a slow one's memory.
   *
   * @param message handed over: nobody changes it from now on
   * @return payload bytes sent, for each neighbour once, in memory or not
   * @throws dev.triptych.spark.transport.RemoteFailureException if a neighbour refuses a message
   */
  public long send(int node, long round, Message message) throws InterruptedException {
    Host host = host(node);
    awaitDelivered(host);
    int[] receivers = neighbourhood.receivers(node, round);
    for (int receiver : receivers) {
      NodeMailbox local = process.find(runId, receiver);
      if (local != null) {
        CompletableFuture<Void> accepted = new CompletableFuture<>();
        host.underWay.add(new UnderWay(receiver, round, accepted));
        local.deliver(node, round, message, () -> accepted.complete(null));
      } else {
        transmit(host, receiver, new GossipMessage(runId, node, receiver, round, message));
      }
    }
    return receivers.length * message.payloadBytes();
  }

  /**
   * Waits for the messages of the node's current round.
   *
   * @return in ascending order of the senders, or null when the run stops because a node saw
   *     divergence (this node's neighbours have been told), or when this was halted
   * @throws NeighbourTimeoutException if they do not all come within the bound
   */
  public Message @Nullable [] receive(int node) throws InterruptedException {
    Message[] messages = host(node).mailbox.receive(maxWait);
    if (messages == null) {
      spreadStop(node);
    }
    return messages;
  }

  /** Tells everybody, neighbour by neighbour, that a node saw divergence at an update. */
  public void stop(int node, long divergedAt) {
    host(node).mailbox.stop(divergedAt);
    spreadStop(node);
  }

  /** Tells everybody, neighbour by neighbour, that this task's nodes cannot go on. */
  public void abort() {
    for (int node : hosts.keySet()) {
      stop(node, ABORTED);
    }
  }

  /**
   * Ends the waits of this task's nodes, now and from now on; nobody else is told. What is under
   * way to other processes may be lost.
   */
  public void halt() {
    closing = true;
    hosts.values().forEach(host -> host.mailbox.halt());
    endpoint.close();
  }

  /** The update at which divergence was seen, as far as this node knows, or null. */
  public @Nullable Long stoppedAt(int node) {
    return host(node).mailbox.stoppedAt();
  }

  /** Duplicates and late messages that a node has ignored. */
  public long numIgnored(int node) {
    return host(node).mailbox.numIgnored();
  }

  /** Waits until everything sent by this task's nodes has arrived or cannot. */
  public void drain() throws InterruptedException {
    for (Host host : hosts.values()) {
      awaitDelivered(host);
    }
  }

  @Override
  public void close() {
    closing = true;
    hosts.forEach((node, host) -> process.remove(runId, node, host.mailbox));
    hosts.values().forEach(host -> host.mailbox.halt());
    endpoint.close();
  }

  private void spreadStop(int node) {
    Host host = host(node);
    Long divergedAt = host.mailbox.stoppedAt();
    if (divergedAt == null) {
      return;
    }
    for (int receiver : neighbourhood.everReceivers(node)) {
      NodeMailbox local = process.find(runId, receiver);
      if (local != null) {
        local.stop(divergedAt);
      } else {
        transmit(host, receiver, new GossipMessage(runId, node, receiver, divergedAt, null));
      }
    }
  }

  private void transmit(Host host, int receiver, GossipMessage message) {
    Address peer = addresses.get(receiver);
    if (peer == null) {
      throw new IllegalStateException(
          "run " + runId + ": node " + receiver + " is nowhere; connect() comes first");
    }
    CompletableFuture<Void> delivered = new CompletableFuture<>();
    host.underWay.add(new UnderWay(receiver, message.round(), delivered));
    deliver(peer, message, MAX_REPEATS, delivered);
  }

  private void deliver(
      Address peer, GossipMessage message, int repeats, CompletableFuture<Void> delivered) {
    CompletableFuture<?> unused =
        request(peer, message)
            .whenComplete(
                (response, failure) -> {
                  Throwable cause =
                      failure instanceof CompletionException ? failure.getCause() : failure;
                  if (cause == null) {
                    delivered.complete(null);
                  } else if (cause instanceof ConnectionLostException && repeats > 0 && !closing) {
                    deliver(peer, message, repeats - 1, delivered);
                  } else {
                    delivered.completeExceptionally(cause);
                  }
                });
  }

  /**
   * Long vectors are uploads: written from their array, read into another. An upload is answered
   * when it has come; where the receiver may be far behind, it is asked to answer when it is near.
   */
  private CompletableFuture<?> request(Address peer, GossipMessage message) {
    String what = "node " + message.sender() + "'s message of round " + message.round();
    if (!(message.message() instanceof Dense dense) || dense.payloadBytes() < UPLOAD_BYTES) {
      return endpoint.call(peer, what, message.encode(), maxWait);
    }
    CompletableFuture<?> upload =
        endpoint.upload(
            peer,
            what,
            message.encodeHeader(dense),
            new VectorSource(dense.vector(), 0, dense.length()),
            maxWait);
    return neighbourhood.isMutual(message.sender(), message.receiver())
        ? upload
        : upload.thenCompose(
            nothing -> endpoint.call(peer, what, message.asksWhetherNear().encode(), maxWait));
  }

  /**
   * Waits for what a node has sent. A neighbour that could not be reached has either done all its
   * rounds, or is lost, or cut off; those who wait for each other find out.
   */
  private void awaitDelivered(Host host) throws InterruptedException {
    for (UnderWay message : host.underWay) {
      try {
        // Calls have bounds of their own; a neighbour in this process has this one.
        message.delivered.get(2 * maxWait.toNanos() * (MAX_REPEATS + 1), TimeUnit.NANOSECONDS);
      } catch (ExecutionException e) {
        Throwable cause = e.getCause();
        if (cause instanceof RuntimeException failure) {
          if (!(failure instanceof ConnectionLostException
              || failure instanceof CallTimeoutException)) {
            throw failure;
          }
        } else {
          throw new CompletionException(cause);
        }
      } catch (TimeoutException e) {
        throw new IllegalStateException(
            String.format(
                "run %s: node %d has not come near round %d in time",
                runId, message.receiver, message.round),
            e);
      }
    }
    host.underWay.clear();
  }

  private NodeMailbox mailboxFor(GossipMessage message) {
    Host host = hosts.get(message.receiver());
    if (!message.runId().equals(runId) || host == null) {
      throw new IllegalArgumentException(
          String.format(
              "here is run %s with nodes %s, the message is for run %s and node %d",
              runId, hosts.keySet(), message.runId(), message.receiver()));
    }
    return host.mailbox;
  }

  private Host host(int node) {
    Host host = hosts.get(node);
    if (host == null) {
      throw new IllegalArgumentException("run " + runId + ": node " + node + " is not hosted here");
    }
    return host;
  }

  /** What comes from other processes; on event loops. */
  private final class Incoming implements RequestHandler {
    @Override
    public void handle(ByteBuffer request, Reply reply) {
      GossipMessage message = GossipMessage.decode(request);
      NodeMailbox mailbox = mailboxFor(message);
      Runnable received = () -> reply.success(RECEIVED.duplicate());
      switch (message.kind()) {
        case STOP -> {
          mailbox.stop(message.round());
          received.run();
        }
        case MESSAGE ->
            mailbox.deliver(
                message.sender(),
                message.round(),
                Objects.requireNonNull(message.message()),
                received);
        case NEAR -> mailbox.whenNear(message.round(), received);
        case UPLOAD -> throw new IllegalArgumentException("an upload without its body");
      }
    }

    @Override
    public UploadSink upload(ByteBuffer header) {
      GossipMessage message = GossipMessage.decode(header);
      NodeMailbox mailbox = mailboxFor(message);
      if (!(message.message() instanceof Dense dense)
          || message.kind() != GossipMessage.Kind.UPLOAD) {
        throw new IllegalArgumentException("an upload of kind " + message.kind());
      }
      VectorSink values = new VectorSink(dense.vector(), false, 0, dense.length());
      return new UploadSink() {
        @Override
        public void take(ByteBuffer bytes) {
          values.take(bytes);
        }

        @Override
        public void complete() {
          values.complete();
          mailbox.deliver(message.sender(), message.round(), dense, () -> {});
        }
      };
    }
  }

  /**
   * A message that was sent, until its receiver has got it and is near.
   *
   * @param receiver 0-based node
   */
  private record UnderWay(int receiver, long round, CompletableFuture<Void> delivered) {}

  /** A node of this task. */
  private static final class Host {
    private final NodeMailbox mailbox;
    // The node's thread only.
    private final List<UnderWay> underWay = new ArrayList<>();

    Host(NodeMailbox mailbox) {
      this.mailbox = mailbox;
    }
  }
}
