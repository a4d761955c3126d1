package dev.triptych.gossip.exchange;

import dev.triptych.gossip.message.Message;
import dev.triptych.spark.transport.Address;
import dev.triptych.spark.transport.CallTimeoutException;
import dev.triptych.spark.transport.ConnectionLostException;
import dev.triptych.spark.transport.Endpoint;
import dev.triptych.spark.transport.Reply;
import dev.triptych.spark.transport.RequestHandler;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One task's way to carry messages between the nodes it hosts and their neighbours. Neighbours in
 * the same process hand over arrays; others are called through one {@link Endpoint}, one request
 * per neighbour and message. A request that meets a lost connection is repeated; the receiver
 * ignores what it has already got.
 *
 * <p>First {@link #open}, then {@link #connect} once all nodes of the run are open, then each
 * node's thread sends and receives, and when all of this task's nodes are done, {@link #drain} and
 * {@link #close}. Thread-safe; each node is used by one thread at a time.
 */
public final class Exchange implements AutoCloseable {
  private static final int MAX_REPEATS = 3;
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
    this.endpoint = openEndpoint.apply(this::handle);
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
   * Sends a node's message to all that hear it. Returns when the neighbours of other processes have
   * got this node's message before.
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
        local.deliver(node, round, message);
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
    host.underWay.add(delivered);
    String what = "node " + message.sender() + "'s message of round " + message.round();
    call(peer, what, message.encode(), MAX_REPEATS, delivered);
  }

  private void call(
      Address peer,
      String what,
      ByteBuffer request,
      int repeats,
      CompletableFuture<Void> delivered) {
    CompletableFuture<ByteBuffer> unused =
        endpoint
            .call(peer, what, request, maxWait)
            .whenComplete(
                (response, failure) -> {
                  if (failure == null) {
                    delivered.complete(null);
                  } else if (failure instanceof ConnectionLostException
                      && repeats > 0
                      && !closing) {
                    call(peer, what, request, repeats - 1, delivered);
                  } else {
                    delivered.completeExceptionally(failure);
                  }
                });
  }

  /**
   * Waits for what a node has sent. A neighbour that could not be reached has either done all its
   * rounds, or is lost, or cut off; those who wait for each other find out.
   */
  private void awaitDelivered(Host host) throws InterruptedException {
    for (CompletableFuture<Void> delivered : host.underWay) {
      try {
        // Every call has a bound of its own; this one only guards against its loss.
        delivered.get(2 * maxWait.toNanos() * (MAX_REPEATS + 1), TimeUnit.NANOSECONDS);
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
        throw new IllegalStateException("run " + runId + ": a call has lost its bound", e);
      }
    }
    host.underWay.clear();
  }

  private void handle(ByteBuffer request, Reply reply) {
    GossipMessage message = GossipMessage.decode(request);
    Host host = hosts.get(message.receiver());
    if (!message.runId().equals(runId) || host == null) {
      throw new IllegalArgumentException(
          String.format(
              "here is run %s with nodes %s, the message is for run %s and node %d",
              runId, hosts.keySet(), message.runId(), message.receiver()));
    }
    Message content = message.message();
    if (content == null) {
      host.mailbox.stop(message.round());
    } else {
      host.mailbox.deliver(message.sender(), message.round(), content);
    }
    reply.success(RECEIVED.duplicate());
  }

  private Host host(int node) {
    Host host = hosts.get(node);
    if (host == null) {
      throw new IllegalArgumentException("run " + runId + ": node " + node + " is not hosted here");
    }
    return host;
  }

  /** A node of this task. */
  private static final class Host {
    private final NodeMailbox mailbox;
    // What the node has sent to other processes and is not yet received; the node's thread only.
    private final List<CompletableFuture<Void>> underWay = new ArrayList<>();

    Host(NodeMailbox mailbox) {
      this.mailbox = mailbox;
    }
  }
}
