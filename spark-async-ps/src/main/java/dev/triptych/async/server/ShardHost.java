package dev.triptych.async.server;

import dev.triptych.async.metrics.HostedShards;
import dev.triptych.async.metrics.ServerMetrics;
import dev.triptych.async.packing.Packing;
import dev.triptych.async.protocol.Answer;
import dev.triptych.async.protocol.KeySets;
import dev.triptych.async.protocol.MalformedMessageException;
import dev.triptych.async.protocol.Message;
import dev.triptych.async.protocol.ReplicaRequest;
import dev.triptych.async.protocol.Request;
import dev.triptych.async.protocol.ShardId;
import dev.triptych.async.protocol.UnknownKeysException;
import dev.triptych.async.shard.Response;
import dev.triptych.async.shard.ShardStatus;
import dev.triptych.async.traffic.Compression;
import dev.triptych.spark.transport.Endpoint;
import dev.triptych.spark.transport.Reply;
import dev.triptych.spark.transport.RequestHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The shards of one process. Decodes requests on the event loop and hands each to its shard's
 * owner. Thread-safe. Bytes that are no request fail their own call and nothing else.
 */
final class ShardHost implements RequestHandler, HostedShards, AutoCloseable {
  private static final long MAX_STATUS_WAIT_MILLIS = 1000;

  /** A driver finds a server that has just started within a tick or two. */
  private static final long SEARCH_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final long LEAVE_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final ShardMemory memory;
  private final ServerMetrics metrics;
  private final Map<ShardId, ShardOwner> owners = new HashMap<>();
  private final Peers peers = new Peers();
  private final Map<ShardId, Installation> installations = new HashMap<>();
  private boolean stopping;
  private volatile boolean leaving;
  private final Map<Long, KeySets> keySets = new ConcurrentHashMap<>();

  /**
   * @param maxShardBytes memory of all shards' weights, optimizer states and snapshots together
   */
  ShardHost(long maxShardBytes, ServerMetrics metrics) {
    memory = new ShardMemory(maxShardBytes);
    this.metrics = metrics;
    metrics.observe(this);
  }

  @Override
  public void handle(ByteBuffer bytes, Reply to) {
    metrics.received(bytes.remaining());
    Message message;
    Packing packing;
    try {
      packing = Packing.packingOf(bytes);
      message = Message.decode(packing.unpack(bytes), keySetsOf(to.connection()));
    } catch (UnknownKeysException e) {
      to.success(
          Message.encode(
              Answer.rejected(Response.Reason.UNKNOWN_KEYS, String.valueOf(e.getMessage()))));
      return;
    } catch (MalformedMessageException e) {
      metrics.malformed();
      to.failure("malformed message: " + e.getMessage());
      return;
    }
    if (!(message instanceof Request request)) {
      metrics.malformed();
      to.failure("a server takes requests, not " + message.type());
      return;
    }
    Reply timed = new TimedReply(to, request, metrics);
    boolean packed = packing.compression() != Compression.NONE;
    handle(request, bytes.limit(), packed ? new PackedReply(timed, packing) : timed);
  }

  private void handle(Request request, int numBytes, Reply reply) {
    if (request instanceof Request.Keys) {
      reply.success(Message.encode(new Answer.Done())); // remembered when it was decoded
    } else if (request instanceof Request.OpenRun open) {
      reply.success(Message.encode(open(open)));
    } else if (request instanceof Request.CloseRun) {
      ShardOwner owner = remove(request.to());
      if (owner != null) {
        owner.stop();
      }
      reply.success(Message.encode(new Answer.Done()));
    } else if (request instanceof ReplicaRequest.Install install) {
      install(install, reply);
    } else if (request instanceof ReplicaRequest.Retire retire) {
      retire(retire);
      reply.success(Message.encode(new Answer.Done()));
    } else {
      ShardOwner owner = find(request.to());
      if (request instanceof ReplicaRequest.ReplicaStatus status && (owner != null || leaving)) {
        reply.success(Message.encode(stateOf(owner, status))); // also when the owner is busy
      } else if (owner == null) {
        reply.success(
            Message.encode(
                Answer.rejected(Response.Reason.UNKNOWN_RUN, "no " + request.to() + " here")));
      } else if (request instanceof Request.Queue) {
        reply.success(Message.encode(new Answer.Queued(owner.queueDepth())));
      } else {
        owner.deliver(request, numBytes, reply);
      }
    }
  }

  private Answer stateOf(@Nullable ShardOwner owner, ReplicaRequest.ReplicaStatus question) {
    if (owner == null) {
      return Answer.rejected(
          Response.Reason.LEAVING, "no " + question.to() + " here, and none is taken");
    }
    owner.watched().seen(question.replaceable());
    return owner.state().leaving(leaving);
  }

  @Override
  public void disconnected(long connection) {
    keySets.remove(connection);
  }

  /** Used by one event loop only, since the requests of a connection come one after the other. */
  private KeySets keySetsOf(long connection) {
    return keySets.computeIfAbsent(connection, c -> new KeySets());
  }

  private synchronized Answer open(Request.OpenRun open) {
    if (owners.containsKey(open.to())) {
      return new Answer.Done();
    }
    if (stopping) {
      return Answer.invalid("this server is stopping");
    }
    if (memory.isTooMuch(ShardOwner.tableBytes(open.settings()))) {
      return Answer.invalid(memory.refusal(open.to()));
    }
    owners.put(open.to(), ShardOwner.start(open.to(), open.settings(), peers, memory));
    return new Answer.Done();
  }

  /** Peers can be asked from now on. */
  void connect(Endpoint endpoint) {
    peers.connect(endpoint);
  }

  private void retire(ReplicaRequest.Retire retire) {
    ShardOwner owner = find(retire.to());
    if (owner != null && owner.state().epoch() <= retire.epoch()) {
      ShardOwner removed = remove(retire.to());
      if (removed != null) {
        removed.stop();
      }
    }
  }

  /** A part of a state; the last one makes a backup of it, on a thread of its own. */
  private void install(ReplicaRequest.Install install, Reply reply) {
    Installation complete;
    synchronized (this) {
      ShardOwner owner = owners.get(install.to());
      if (owner != null && owner.state().epoch() >= install.epoch()) {
        boolean repeated = owner.state().epoch() == install.epoch();
        reply.success(
            Message.encode(
                repeated
                    ? new Answer.Done()
                    : Answer.rejected(Response.Reason.NOT_PRIMARY, "a newer epoch is here")));
        return;
      }
      if (stopping) {
        reply.success(
            Message.encode(Answer.rejected(Response.Reason.LEAVING, "this server is leaving")));
        return;
      }
      if (memory.isTooMuch(install.total())) {
        reply.success(Message.encode(Answer.invalid("the state is larger than this server gives")));
        return;
      }
      Installation current = installations.get(install.to());
      if (install.offset() == 0) {
        current = new Installation(install.epoch(), install.total());
        installations.put(install.to(), current);
      }
      if (current == null || !current.add(install)) {
        reply.success(
            Message.encode(
                Answer.rejected(Response.Reason.OUT_OF_ORDER, "an earlier part is missing")));
        return;
      }
      if (!current.isComplete()) {
        reply.success(Message.encode(new Answer.Done()));
        return;
      }
      complete = current;
      installations.remove(install.to());
    }
    Thread reader =
        new Thread(() -> become(install.to(), complete, reply), "triptych-state-reader");
    reader.setDaemon(true);
    reader.start();
  }

  private void become(ShardId id, Installation complete, Reply reply) {
    try {
      ShardState state = ShardState.read(complete.bytes(), Nobody.INSTANCE);
      ShardOwner backup;
      ShardOwner old;
      synchronized (this) {
        if (stopping) {
          reply.success(
              Message.encode(Answer.rejected(Response.Reason.LEAVING, "this server is leaving")));
          return;
        }
        backup = ShardOwner.backup(id, state, complete.epoch(), peers, memory);
        old = owners.put(id, backup);
      }
      if (old != null) {
        old.stop();
      }
      reply.success(Message.encode(new Answer.Done()));
    } catch (IOException | RuntimeException e) {
      reply.success(Message.encode(Answer.invalid("the state of " + id + ": " + e)));
    }
  }

  private synchronized @Nullable ShardOwner find(ShardId id) {
    return owners.get(id);
  }

  private synchronized @Nullable ShardOwner remove(ShardId id) {
    notifyAll();
    return owners.remove(id);
  }

  /**
   * Takes up the shards that an earlier process has left.
   *
   * @return how many
   * @throws dev.triptych.core.InvalidInputException if a file is damaged
   */
  synchronized int takeUp(Path snapshotFolder) {
    Map<ShardId, ShardState> left = ShardFiles.take(snapshotFolder);
    left.forEach((id, state) -> owners.put(id, ShardOwner.takeUp(id, state, peers, memory)));
    return left.size();
  }

  /**
   * No new runs and replicas from now on. Drivers that ask are told, and take elsewhere what is
   * here; waits for that, as long as they say that they can, and a moment for another server to
   * show up.
   *
   * @return how many shards are left
   */
  synchronized int leave(long deadlineNanos) throws InterruptedException {
    stopping = true;
    leaving = true;
    long searchEnds = System.nanoTime() + SEARCH_NANOS;
    while (mayMove(searchEnds - System.nanoTime() > 0)) {
      long left = deadlineNanos - System.nanoTime();
      if (left <= 0) {
        break;
      }
      TimeUnit.NANOSECONDS.timedWait(this, Math.min(left, LEAVE_POLL_NANOS));
    }
    return owners.size();
  }

  private synchronized boolean mayMove(boolean searching) {
    return owners.values().stream()
        .anyMatch(
            owner -> owner.watched().isReplaceable() || (searching && owner.watched().isWatched()));
  }

  /**
   * No new runs from now on; every shard ends after the request it is at, and is left in a file or
   * answers whoever waits.
   *
   * @param snapshotFolder for the files, or null
   * @return false if one is not done by then
   */
  boolean finish(@Nullable Path snapshotFolder, long deadlineNanos) throws InterruptedException {
    List<ShardOwner> ending;
    synchronized (this) {
      stopping = true;
      ending = List.copyOf(owners.values());
    }
    for (ShardOwner owner : ending) {
      if (snapshotFolder == null) {
        owner.stop();
      } else {
        owner.stop(snapshotFolder);
      }
    }
    boolean done = true;
    for (ShardOwner owner : ending) {
      done &= owner.awaitEnd(deadlineNanos);
    }
    return done;
  }

  /** Whether new runs are taken. */
  synchronized boolean isReady() {
    return !stopping;
  }

  /** Whether every shard has a living owner. */
  synchronized boolean isHealthy() {
    return owners.values().stream().allMatch(ShardOwner::isAlive);
  }

  @Override
  public synchronized int numShards() {
    return owners.size();
  }

  @Override
  public synchronized int queueDepth() {
    return owners.values().stream().mapToInt(ShardOwner::queueDepth).sum();
  }

  @Override
  public List<ShardStatus> statuses() {
    List<StatusReply> replies = new ArrayList<>();
    synchronized (this) {
      owners.forEach(
          (id, owner) -> {
            StatusReply reply = new StatusReply();
            owner.deliver(new Request.Status(id), 0, reply);
            replies.add(reply);
          });
    }
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MAX_STATUS_WAIT_MILLIS);
    List<ShardStatus> statuses = new ArrayList<>();
    for (StatusReply reply : replies) {
      ShardStatus status = reply.await(deadline);
      if (status != null) {
        statuses.add(status);
      }
    }
    return statuses;
  }

  @Override
  public synchronized void close() {
    stopping = true;
    owners.values().forEach(ShardOwner::stop);
    owners.clear();
  }
}
