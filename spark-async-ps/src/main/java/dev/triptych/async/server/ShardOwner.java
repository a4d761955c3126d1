package dev.triptych.async.server;

import dev.triptych.async.function.FunctionFailedException;
import dev.triptych.async.function.FunctionRunner;
import dev.triptych.async.function.ServerFunction;
import dev.triptych.async.function.Slice;
import dev.triptych.async.order.ArrivalOrder;
import dev.triptych.async.protocol.Answer;
import dev.triptych.async.protocol.MalformedMessageException;
import dev.triptych.async.protocol.Message;
import dev.triptych.async.protocol.ReplicaAnswer;
import dev.triptych.async.protocol.ReplicaRequest;
import dev.triptych.async.protocol.Request;
import dev.triptych.async.protocol.ShardId;
import dev.triptych.async.protocol.SnapshotAnswer;
import dev.triptych.async.protocol.SnapshotRequest;
import dev.triptych.async.replica.Replica;
import dev.triptych.async.shard.Effect;
import dev.triptych.async.shard.Flaw;
import dev.triptych.async.shard.Response;
import dev.triptych.async.shard.ShardMachine;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.async.store.PagedVector;
import dev.triptych.spark.transport.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
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

  /** A driver that has not asked for longer does not watch the run, or not any more. */
  private static final long WATCHED_NANOS = TimeUnit.SECONDS.toNanos(3);

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
  private final Thread thread;
  private final ShardMemory memory;
  private long countedBytes;
  // What server functions see; made when the first one is called.
  private @Nullable Slice slice;
  // the primary's clock less this process's; a backup goes on with it
  private long clockOffset;
  private int numUnsent;
  private long frozenNumber;
  private ShardState.@Nullable Chunks frozen;
  private volatile ReplicaAnswer.State state;
  // System.nanoTime; the driver has asked lately, and has another server for what is here
  private volatile long watchedUntil = System.nanoTime();
  private volatile long replaceableUntil = System.nanoTime();
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

  /** Any thread: the driver has asked, and said whether another server could take this. */
  void watched(boolean replaceable) {
    long until = System.nanoTime() + WATCHED_NANOS;
    watchedUntil = until;
    if (replaceable) {
      replaceableUntil = until;
    }
  }

  /** Any thread: whether a driver asks. */
  boolean isWatched() {
    return watchedUntil - System.nanoTime() > 0;
  }

  /** Any thread: whether this is about to be taken elsewhere, if its server leaves. */
  boolean isReplaceable() {
    return replaceableUntil - System.nanoTime() > 0;
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
          fail(next.reply(), id + ": " + e);
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
    replica.refused(Long.MAX_VALUE).forEach(to -> sendNow(to, notPrimary()));
    for (Effect<Reply> effect : machine.close()) {
      if (effect instanceof Effect.Answer<Reply> answer) {
        sendNow(answer.to(), Message.encode(Answer.of(answer.response())));
      }
    }
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
    } else if (request instanceof ReplicaRequest.Replicate events) {
      reply.success(Message.encode(take(events)));
    } else if (request instanceof ReplicaRequest.Promote promote) {
      boolean promoted = replica.promote(promote.epoch());
      LOG.info("{}: {} primary of epoch {}", id, promoted ? "now" : "not", promote.epoch());
      answerState(reply);
    } else if (replica.role() != Replica.Role.PRIMARY) {
      reply.success(notPrimary());
    } else if (request instanceof ReplicaRequest.Follow follow) {
      if (replica.follow(follow.epoch(), follow.server())) {
        followers.install(follow.server(), follow.epoch(), copy());
      }
      answerState(reply);
    } else if (request instanceof ReplicaRequest.Unfollow unfollow) {
      release(replica.unfollow(unfollow.epoch(), unfollow.server()));
      answerState(reply);
    } else if (request instanceof Request.Push && memory.isTooMuch(0)) {
      reply.success(rejected(Response.Reason.INVALID, memory.refusal(id)));
    } else if (request.changesShard()) {
      long now = System.nanoTime() + clockOffset;
      replica.append(new Event(request, delivery.numBytes()), now);
      apply(request, delivery.numBytes(), reply, now);
      numUnsent++;
    } else {
      read(request, reply);
    }
    if (queue.isEmpty() || numUnsent >= MAX_UNSENT) {
      followers.send();
      numUnsent = 0;
    }
    publish();
  }

  /** The events that a backup takes, and an answer. */
  private ReplicaAnswer.Replicated take(ReplicaRequest.Replicate events) {
    List<Replica.Entry<Event>> offered = new ArrayList<>();
    for (ReplicaRequest.Entry entry : events.entries()) {
      Event event = new Event(decode(entry), entry.numBytes());
      offered.add(new Replica.Entry<>(entry.index(), entry.now(), event));
    }
    List<Replica.Entry<Event>> fresh = replica.offered(events.epoch(), offered);
    if (fresh == null) {
      return new ReplicaAnswer.Replicated(false, replica.epoch(), replica.nextIndex());
    }
    for (Replica.Entry<Event> entry : fresh) {
      replica.taken();
      clockOffset = entry.now() - System.nanoTime();
      try {
        Event event = entry.event();
        apply(event.request(), event.numBytes(), Nobody.INSTANCE, entry.now());
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

  /** An event, at the primary and then at every backup. */
  private void apply(Request request, int numBytes, Reply reply, long now) {
    if (request instanceof Request.Push push) {
      count(request, numBytes);
      boolean divergedBefore = machine.hasDiverged();
      send(machine.push(push.request(), reply, now));
      if (machine.hasDiverged() && !divergedBefore) {
        LOG.warn("{} has diverged: {}", id, Flaw.ofValues(push.request()));
      }
      countMemory();
    } else if (request instanceof Request.Pull pull) {
      count(request, numBytes);
      send(machine.pull(pull.request(), reply, now));
    } else if (request instanceof Request.Hello hello) {
      count(request, numBytes);
      send(machine.hello(hello.request(), reply));
    } else if (request instanceof Request.RemoveWorker remove) {
      LOG.warn("{}: worker {} is declared dead", id, remove.worker());
      send(machine.remove(remove.worker(), now));
      answer(reply, Message.encode(new Answer.Done()));
    } else if (request instanceof Request.ExtendRun extend) {
      machine.extend(extend.budget());
      answer(reply, Message.encode(new Answer.Done()));
    } else if (request instanceof Request.RecordOrder) {
      machine.recordOrder();
      answer(reply, Message.encode(new Answer.Done()));
    } else if (request instanceof Request.ReplayOrder replay) {
      answer(reply, Message.encode(replay(replay.order())));
    } else if (request instanceof ReplicaRequest.ResumeRun resume) {
      machine.resume(resume.budget());
      answer(reply, Message.encode(new Answer.Done()));
    } else if (request instanceof SnapshotRequest.ListSnapshots list) {
      answer(reply, Message.encode(listed(list))); // keeps one, which a backup must have too
    } else if (request instanceof ReplicaRequest.Hold) {
      machine.hold();
      answer(reply, Message.encode(new Answer.Done()));
    } else if (request instanceof ReplicaRequest.Release) {
      send(machine.release(now));
      answer(reply, Message.encode(new Answer.Done()));
    } else {
      reply.failure(request.type() + " is not for a shard");
    }
  }

  private void read(Request request, Reply reply) {
    if (request instanceof Request.Status) {
      reply.success(Message.encode(new Answer.StatusAnswer(machine.status())));
    } else if (request instanceof Request.FetchSnapshot fetch) {
      reply.success(Message.encode(new Answer.Snapshot(machine.snapshotFrom(fetch.version()))));
    } else if (request instanceof SnapshotRequest.FetchValues fetch) {
      reply.success(Message.encode(valuesOf(fetch)));
    } else if (request instanceof Request.FetchCurrent) {
      reply.success(Message.encode(new Answer.Snapshot(machine.current())));
    } else if (request instanceof Request.FetchOrder) {
      ArrivalOrder order = machine.order();
      reply.success(
          Message.encode(
              new Answer.Order(order == null ? new ArrivalOrder(settings.numWorkers()) : order)));
    } else if (request instanceof Request.CallFunction call) {
      reply.success(Message.encode(call(call)));
    } else if (request instanceof ReplicaRequest.Cut) {
      reply.success(Message.encode(new ReplicaAnswer.CutState(machine.cut())));
    } else if (request instanceof ReplicaRequest.Freeze freeze) {
      if (frozen == null || frozenNumber != freeze.number()) {
        frozen = copy();
        frozenNumber = freeze.number();
      }
      reply.success(Message.encode(new ReplicaAnswer.Frozen(frozen.total())));
    } else if (request instanceof ReplicaRequest.FetchState fetch) {
      fetchState(fetch, reply);
    } else {
      reply.failure(request.type() + " is not for a shard");
    }
  }

  private Answer listed(SnapshotRequest.ListSnapshots list) {
    if (list.numPenalised() < 0 || list.numPenalised() > machine.length()) {
      return invalid("the penalised parameters must lie within " + machine.length());
    }
    machine.keepNow();
    return new SnapshotAnswer.SnapshotList(machine.summaries(list.version(), list.numPenalised()));
  }

  private Answer valuesOf(SnapshotRequest.FetchValues fetch) {
    int previous = -1;
    for (int k = fetch.positions().position(); k < fetch.positions().limit(); k++) {
      int position = fetch.positions().get(k);
      if (position <= previous || position >= machine.length()) {
        return invalid("keys must ascend within " + machine.length());
      }
      previous = position;
    }
    DoubleBuffer values = machine.valuesAt(fetch.version(), fetch.positions());
    return values == null
        ? invalid("no snapshot of version " + fetch.version() + " is kept")
        : new SnapshotAnswer.Values(values);
  }

  private static Answer invalid(String message) {
    return new Answer.Rejected(new Response.Rejected(Response.Reason.INVALID, message));
  }

  private Answer replay(ArrivalOrder order) {
    if (order.numWorkers() != settings.numWorkers()) {
      return new Answer.Rejected(
          new Response.Rejected(
              Response.Reason.INVALID,
              "an order of %d workers in a run of %d"
                  .formatted(order.numWorkers(), settings.numWorkers())));
    }
    machine.replay(order);
    return new Answer.Done();
  }

  private Answer call(Request.CallFunction request) {
    if (slice == null) {
      slice = Slice.of(request.first(), machine.weights(), machine.optimizerState());
    }
    try {
      double[] numbers =
          FunctionRunner.run(slice, request.call(), ServerFunction.class.getClassLoader());
      return new Answer.FunctionResult(machine.version(), numbers);
    } catch (FunctionFailedException e) {
      LOG.warn("{}: {}", id, e.getMessage());
      return new Answer.Rejected(
          new Response.Rejected(Response.Reason.INVALID, id + ": " + e.getMessage()));
    }
  }

  /** Pages are allocated as gradients touch them. */
  private void countMemory() {
    long bytes = tableBytes(settings) + machine.allocatedBytes();
    memory.add(bytes - countedBytes);
    countedBytes = bytes;
  }

  private void count(Request request, int numBytes) {
    machine.countBytes(numBytes, 0);
    machine.countPlainBytes(request.plainLength());
  }

  private void fetchState(ReplicaRequest.FetchState fetch, Reply reply) {
    ShardState.Chunks kept = frozen;
    if (kept == null || frozenNumber != fetch.number() || fetch.offset() >= kept.total()) {
      reply.success(
          rejected(Response.Reason.INVALID, "no state " + fetch.number() + " is kept here"));
      return;
    }
    byte[] part = kept.part(fetch.offset());
    reply.success(Message.encode(new ReplicaAnswer.StatePart(part)));
    if (fetch.offset() + part.length >= kept.total()) {
      frozen = null;
    }
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

  private ByteBuffer notPrimary() {
    return rejected(Response.Reason.NOT_PRIMARY, "this server is not the primary of " + id);
  }

  private static ByteBuffer rejected(Response.Reason reason, String message) {
    return Message.encode(new Answer.Rejected(new Response.Rejected(reason, message)));
  }

  private void send(List<Effect<Reply>> effects) {
    for (Effect<Reply> effect : effects) {
      if (effect instanceof Effect.Answer<Reply> answer) {
        Answer message = Answer.of(answer.response());
        machine.countPlainBytes(message.plainLength());
        if (answer.to() == Nobody.INSTANCE) {
          machine.countBytes(0, Message.encodedLength(message));
        } else {
          ByteBuffer bytes = PackedReply.pack(answer.to(), Message.encode(message));
          machine.countBytes(0, bytes.remaining());
          answer(answer.to(), bytes);
        }
      }
    }
  }

  /** Sends an answer, or keeps it back until the followers have its event. */
  private void answer(Reply to, ByteBuffer bytes) {
    if (to != Nobody.INSTANCE && replica.mayReply(to, bytes)) {
      sendNow(to, bytes);
    }
  }

  private void release(List<Replica.Released<Reply, ByteBuffer>> released) {
    for (Replica.Released<Reply, ByteBuffer> answer : released) {
      sendNow(answer.to(), answer.reply());
    }
  }

  private void sendNow(Reply to, ByteBuffer bytes) {
    try {
      to.success(bytes);
    } catch (RuntimeException e) {
      LOG.warn("{} could not answer: {}", id, e.toString());
    }
  }

  /** A follower's answer has come in. */
  private void acknowledged(String follower, ReplicaAnswer.Replicated answer, long sentUpTo) {
    if (answer.taken()) {
      release(replica.acknowledged(follower, answer.nextIndex(), sentUpTo));
    } else {
      List<Reply> waiting = replica.refused(answer.epoch());
      if (replica.role() == Replica.Role.DEPOSED) {
        LOG.info("{}: {} was promoted, this server is no primary any more", id, follower);
      }
      waiting.forEach(to -> sendNow(to, notPrimary()));
    }
  }

  private void refuseQueued() {
    for (Delivery left = queue.poll(); left != null; left = queue.poll()) {
      fail(left.reply(), id + " was closed");
    }
  }

  private void fail(Reply reply, String message) {
    try {
      reply.failure(message);
    } catch (IllegalStateException e) {
      LOG.debug("{} had answered before", id);
    }
  }

  private record Delivery(Request request, int numBytes, Reply reply, @Nullable Runnable task) {}

  /** An event of the log. */
  record Event(Request request, int numBytes) {}
}
