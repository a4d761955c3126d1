package dev.triptych.async.server;

import dev.triptych.async.protocol.Answer;
import dev.triptych.async.protocol.MalformedMessageException;
import dev.triptych.async.protocol.Message;
import dev.triptych.async.protocol.ReplicaAnswer;
import dev.triptych.async.protocol.ReplicaRequest;
import dev.triptych.async.protocol.Request;
import dev.triptych.async.protocol.ShardId;
import dev.triptych.async.replica.Replica;
import dev.triptych.async.shard.ShardMachine;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.async.store.PagedVector;
import dev.triptych.spark.transport.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns a shard: takes requests from a queue, drives the {@link ShardMachine}
 * and sends its answers. Weights are written into the answer before the next request is looked at,
 * so nothing is locked and nothing is torn. As a primary with followers it sends them its events,
 * in batches, and keeps answers back as {@link Replica} says; as a backup it takes the primary's.
 */
final class ShardOwner implements Runnable {
  private static final long LONG_WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final long BYTES_PER_SHARD = 64 << 10;
  private static final Logger LOG = LoggerFactory.getLogger(ShardOwner.class);

  /** Events that are sent to followers at the latest when so many have come in. */
  private static final int MAX_UNSENT = 64;

  private final ShardId id;
  private final ShardSettings settings;
  private final LinkedBlockingQueue<Delivery> queue = new LinkedBlockingQueue<>();
  private final ShardMachine<Reply> machine;
  private final Replica<Event, Reply, ByteBuffer> replica;
  private final Followers followers;
  private final ShardReplies replies;
  private final ShardEvents events;
  private final ShardReader reader;
  private final Watched watched = new Watched();
  private final Thread thread;
  private final ShardMemory memory;
  private long countedBytes;
  // the primary's clock less this process's; a backup goes on with it
  private long clockOffset;
  private int numUnsent;
  private volatile ReplicaAnswer.State state;
  private volatile boolean stopped;
  private volatile @Nullable Path leaveIn;

  private ShardOwner(
      ShardId id,
      ShardSettings settings,
      ShardMachine<Reply> machine,
      Replica<Event, Reply, ByteBuffer> replica,
      Peers peers,
      ShardMemory memory) {
    this.id = id;
    this.settings = settings;
    this.memory = memory;
    this.machine = machine;
    this.replica = replica;
    replies = new ShardReplies(id, replica);
    events = new ShardEvents(id, settings.numWorkers(), machine, replies);
    reader = new ShardReader(id, settings, machine, this::copy);
    followers = new Followers(id, replica, peers, this::run, this::acknowledged);
    state = new ReplicaAnswer.State(replica.role(), replica.epoch(), List.of(), false);
    thread = new Thread(this, "triptych-shard-" + id.shard());
    thread.setDaemon(true);
    countMemory();
  }

  /** What a shard takes before any gradient has come: a thread, tables of pages and workers. */
  static long tableBytes(ShardSettings settings) {
    return BYTES_PER_SHARD
        + 16L * settings.length() / PagedVector.PAGE_LENGTH
        + 256L * settings.numWorkers();
  }

  /** The primary of a new shard. */
  static ShardOwner start(ShardId id, ShardSettings settings, Peers peers, ShardMemory memory) {
    ShardOwner owner =
        new ShardOwner(
            id, settings, new ShardMachine<>(settings), Replica.primary(), peers, memory);
    owner.thread.start();
    return owner;
  }

  /** A backup that has a primary's state. */
  static ShardOwner backup(
      ShardId id, ShardState state, long epoch, Peers peers, ShardMemory memory) {
    ShardOwner owner =
        new ShardOwner(
            id,
            state.settings(),
            state.machine(),
            Replica.backup(epoch, state.nextIndex()),
            peers,
            memory);
    owner.clockOffset = state.now() - System.nanoTime();
    owner.thread.start();
    return owner;
  }

  /** The primary of a shard that another process has left. */
  static ShardOwner takeUp(ShardId id, ShardState state, Peers peers, ShardMemory memory) {
    ShardOwner owner =
        new ShardOwner(id, state.settings(), state.machine(), Replica.primary(), peers, memory);
    owner.clockOffset = state.now() - System.nanoTime();
    owner.thread.start();
    return owner;
  }

  /** Any thread. */
  Watched watched() {
    return watched;
  }

  /** What this is to the shard; any thread. */
  ReplicaAnswer.State state() {
    return state;
  }

  ShardSettings settings() {
    return settings;
  }

  /** Any thread. */
  void deliver(Request request, int numBytes, Reply reply) {
    queue.add(new Delivery(request, numBytes, reply, null));
    if (stopped) {
      refuseQueued();
    }
  }

  /** Any thread: something that the owner has to do between requests. */
  private void run(Runnable task) {
    queue.add(new Delivery(new Request.Status(id), 0, Nobody.INSTANCE, task));
  }

  /** Requests that wait; any thread. */
  int queueDepth() {
    return queue.size();
  }

  boolean isAlive() {
    return thread.isAlive();
  }

  /**
   * Any thread; the owner ends soon and leaves the shard in a file. Whoever waits is not answered:
   * when the connection is cut, it asks again, and finds the server that takes the file. A shard
   * with followers needs no file, one of them takes over.
   */
  void stop(Path snapshotFolder) {
    leaveIn = snapshotFolder;
    stop();
  }

  /** Any thread; the owner ends soon and answers whoever waits. */
  void stop() {
    stopped = true;
    thread.interrupt();
  }

  /**
   * Waits until the owner has ended.
   *
   * @return false if it has not by then
   */
  boolean awaitEnd(long deadlineNanos) throws InterruptedException {
    long millis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
    thread.join(Math.max(1, millis));
    return !thread.isAlive();
  }

  @Override
  public void run() {
    try {
      while (!stopped) {
        Delivery next = queue.poll(LONG_WAIT_NANOS / 10, TimeUnit.NANOSECONDS);
        if (next == null) {
          tellLongWait();
          continue;
        }
        try {
          serve(next);
        } catch (RuntimeException e) {
          LOG.error("{} could not serve {}", id, next.request().type(), e);
          replies.fail(next.reply(), id + ": " + e);
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("{} was closed", id);
    } finally {
      stopped = true; // also after an error: nothing may queue up here unanswered
      followers.stop();
      memory.add(-countedBytes);
      Path folder = leaveIn;
      boolean left =
          folder != null
              && replica.role() == Replica.Role.PRIMARY
              && replica.followers().isEmpty()
              && leave(folder);
      if (left) {
        queue.clear();
      } else {
        closeMachine();
        refuseQueued();
      }
    }
  }

  private boolean leave(Path folder) {
    boolean unused = Thread.interrupted(); // or files could not be written
    try {
      ShardFiles.write(folder, id, copy());
      LOG.info("{} is kept in {}", id, folder);
      return true;
    } catch (IOException | RuntimeException e) {
      LOG.error("{} could not be kept in {}", id, folder, e);
      return false;
    }
  }

  /** Whoever waits is told: here for a pull, or for the followers. */
  private void closeMachine() {
    replies.refuse(replica.refused(Long.MAX_VALUE));
    events.close();
  }

  /** While nothing happens here somebody may wait for somebody who is gone. */
  private void tellLongWait() {
    String wait = machine.longWait(System.nanoTime() + clockOffset, LONG_WAIT_NANOS);
    if (wait != null && replica.role() == Replica.Role.PRIMARY) {
      LOG.warn("{}: {}", id, wait);
    }
  }

  private void serve(Delivery delivery) {
    Request request = delivery.request();
    Reply reply = delivery.reply();
    if (delivery.task() != null) {
      delivery.task().run();
    } else if (request instanceof ReplicaRequest.Replicate batch) {
      reply.success(Message.encode(take(batch)));
    } else if (request instanceof ReplicaRequest.Promote promote) {
      boolean promoted = replica.promote(promote.epoch());
      LOG.info("{}: {} primary of epoch {}", id, promoted ? "now" : "not", promote.epoch());
      answerState(reply);
    } else if (replica.role() != Replica.Role.PRIMARY) {
      reply.success(replies.notPrimary());
    } else if (request instanceof ReplicaRequest.Follow follow) {
      if (replica.follow(follow.epoch(), follow.server())) {
        followers.install(follow.server(), follow.epoch(), copy());
      }
      answerState(reply);
    } else if (request instanceof ReplicaRequest.Unfollow unfollow) {
      replies.release(replica.unfollow(unfollow.epoch(), unfollow.server()));
      answerState(reply);
    } else if (request instanceof Request.Push && memory.isTooMuch(0)) {
      reply.success(Message.encode(Answer.invalid(memory.refusal(id))));
    } else if (request.changesShard()) {
      long now = System.nanoTime() + clockOffset;
      Event event = new Event(request, delivery.numBytes());
      replica.append(event, now);
      apply(event, reply, now);
      numUnsent++;
    } else {
      reader.read(request, reply);
    }
    if (queue.isEmpty() || numUnsent >= MAX_UNSENT) {
      followers.send();
      numUnsent = 0;
    }
    publish();
  }

  /** The events that a backup takes, and an answer. */
  private ReplicaAnswer.Replicated take(ReplicaRequest.Replicate batch) {
    List<Replica.Entry<Event>> offered = new ArrayList<>();
    for (ReplicaRequest.Entry entry : batch.entries()) {
      Event event = new Event(decode(entry), entry.numBytes());
      offered.add(new Replica.Entry<>(entry.index(), entry.now(), event));
    }
    List<Replica.Entry<Event>> fresh = replica.offered(batch.epoch(), offered);
    if (fresh == null) {
      return new ReplicaAnswer.Replicated(false, replica.epoch(), replica.nextIndex());
    }
    for (Replica.Entry<Event> entry : fresh) {
      replica.taken();
      clockOffset = entry.now() - System.nanoTime();
      try {
        apply(entry.event(), Nobody.INSTANCE, entry.now());
      } catch (RuntimeException e) { // as at the primary
        LOG.error("{} could not take {}", id, entry.event().request().type(), e);
      }
    }
    return new ReplicaAnswer.Replicated(true, replica.epoch(), replica.nextIndex());
  }

  private static Request decode(ReplicaRequest.Entry entry) {
    try {
      return (Request) Message.decode(ByteBuffer.wrap(entry.event()));
    } catch (MalformedMessageException | ClassCastException e) {
      throw new IllegalArgumentException("no event: " + e.getMessage(), e);
    }
  }

  private void apply(Event event, Reply reply, long now) {
    events.apply(event.request(), event.numBytes(), reply, now);
    if (event.request() instanceof Request.Push) {
      countMemory();
    }
  }

  /** Pages are allocated as gradients touch them. */
  private void countMemory() {
    long bytes = tableBytes(settings) + machine.allocatedBytes();
    memory.add(bytes - countedBytes);
    countedBytes = bytes;
  }

  private ShardState.Chunks copy() {
    long now = System.nanoTime() + clockOffset;
    return ShardState.write(id, settings, replica.nextIndex(), now, machine);
  }

  private void publish() {
    List<String> inSync = new ArrayList<>();
    for (String follower : replica.followers()) {
      if (replica.isInSync(follower)) {
        inSync.add(follower);
      }
    }
    if (replica.role() != state.role()
        || replica.epoch() != state.epoch()
        || !inSync.equals(state.inSync())) {
      state = new ReplicaAnswer.State(replica.role(), replica.epoch(), List.copyOf(inSync), false);
    }
  }

  private void answerState(Reply reply) {
    publish();
    reply.success(Message.encode(state));
  }

  /** A follower's answer has come in. */
  private void acknowledged(String follower, ReplicaAnswer.Replicated answer, long sentUpTo) {
    if (answer.taken()) {
      replies.release(replica.acknowledged(follower, answer.nextIndex(), sentUpTo));
    } else {
      List<Reply> waiting = replica.refused(answer.epoch());
      if (replica.role() == Replica.Role.DEPOSED) {
        LOG.info("{}: {} was promoted, this server is no primary any more", id, follower);
      }
      replies.refuse(waiting);
    }
  }

  private void refuseQueued() {
    for (Delivery left = queue.poll(); left != null; left = queue.poll()) {
      replies.fail(left.reply(), id + " was closed");
    }
  }

  private record Delivery(Request request, int numBytes, Reply reply, @Nullable Runnable task) {}

  /** An event of the log. */
  record Event(Request request, int numBytes) {}
}
