package dev.triptych.async.server;

import dev.triptych.async.function.FunctionFailedException;
import dev.triptych.async.function.FunctionRunner;
import dev.triptych.async.function.ServerFunction;
import dev.triptych.async.function.Slice;
import dev.triptych.async.protocol.Answer;
import dev.triptych.async.protocol.Message;
import dev.triptych.async.protocol.Request;
import dev.triptych.async.protocol.ShardId;
import dev.triptych.async.shard.Effect;
import dev.triptych.async.shard.Response;
import dev.triptych.async.shard.ShardMachine;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.async.shard.SliceSnapshot;
import dev.triptych.spark.transport.Reply;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns a shard: takes requests from a queue, drives the {@link ShardMachine}
 * and sends its answers. Weights are written into the answer before the next request is looked at,
 * so nothing is locked and nothing is torn.
 */
final class ShardOwner implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ShardOwner.class);

  private final ShardId id;
  private final ShardSettings settings;
  private final LinkedBlockingQueue<Delivery> queue = new LinkedBlockingQueue<>();
  private final ShardMachine<Reply> machine;
  private final Thread thread;
  // What server functions see; made when the first one is called.
  private @Nullable Slice slice;
  private volatile boolean stopped;

  private ShardOwner(ShardId id, ShardSettings settings) {
    this.id = id;
    this.settings = settings;
    machine = new ShardMachine<>(settings);
    thread = new Thread(this, "triptych-shard-" + id.shard());
    thread.setDaemon(true);
  }

  static ShardOwner start(ShardId id, ShardSettings settings) {
    ShardOwner owner = new ShardOwner(id, settings);
    owner.thread.start();
    return owner;
  }

  ShardSettings settings() {
    return settings;
  }

  /** Any thread. */
  void deliver(Request request, int numBytes, Reply reply) {
    queue.add(new Delivery(request, numBytes, reply));
    if (stopped) {
      refuseQueued();
    }
  }

  /** Requests that wait; any thread. */
  int queueDepth() {
    return queue.size();
  }

  boolean isAlive() {
    return thread.isAlive();
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
        Delivery next = queue.take();
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
      send(machine.close());
      refuseQueued();
    }
  }

  private void serve(Delivery delivery) {
    Request request = delivery.request();
    Reply reply = delivery.reply();
    if (request instanceof Request.Push push) {
      count(delivery);
      send(machine.push(push.request(), reply, System.nanoTime()));
    } else if (request instanceof Request.Pull pull) {
      count(delivery);
      send(machine.pull(pull.request(), reply, System.nanoTime()));
    } else if (request instanceof Request.Hello hello) {
      count(delivery);
      send(machine.hello(hello.request(), reply));
    } else if (request instanceof Request.ExtendRun extend) {
      machine.extend(extend.budget());
      reply.success(Message.encode(new Answer.Done()));
    } else if (request instanceof Request.Status) {
      reply.success(Message.encode(new Answer.StatusAnswer(machine.status())));
    } else if (request instanceof Request.FetchSnapshot fetch) {
      reply.success(Message.encode(new Answer.Snapshot(firstFrom(fetch.version()))));
    } else if (request instanceof Request.ListSnapshots list) {
      reply.success(Message.encode(listed(list)));
    } else if (request instanceof Request.FetchValues fetch) {
      reply.success(Message.encode(valuesOf(fetch)));
    } else if (request instanceof Request.FetchCurrent) {
      reply.success(Message.encode(new Answer.Snapshot(machine.current())));
    } else if (request instanceof Request.CallFunction call) {
      reply.success(Message.encode(call(call)));
    } else {
      reply.failure(request.type() + " is not for a shard");
    }
  }

  private Answer listed(Request.ListSnapshots list) {
    if (list.numPenalised() < 0 || list.numPenalised() > machine.length()) {
      return invalid("the penalised parameters must lie within " + machine.length());
    }
    machine.keepNow();
    return new Answer.SnapshotList(
        machine.snapshots().stream()
            .filter(snapshot -> snapshot.version() >= list.version())
            .map(snapshot -> snapshot.summary(list.numPenalised()))
            .toList());
  }

  private Answer valuesOf(Request.FetchValues fetch) {
    int previous = -1;
    for (int k = fetch.positions().position(); k < fetch.positions().limit(); k++) {
      int position = fetch.positions().get(k);
      if (position <= previous || position >= machine.length()) {
        return invalid("keys must ascend within " + machine.length());
      }
      previous = position;
    }
    SliceSnapshot snapshot = firstFrom(fetch.version());
    return snapshot == null || snapshot.version() != fetch.version()
        ? invalid("no snapshot of version " + fetch.version() + " is kept")
        : new Answer.Values(snapshot.select(fetch.positions()));
  }

  private static Answer invalid(String message) {
    return new Answer.Rejected(new Response.Rejected(Response.Reason.INVALID, message));
  }

  private Answer call(Request.CallFunction request) {
    if (slice == null) {
      slice = Slice.of(request.first(), machine.weights());
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

  private void count(Delivery delivery) {
    machine.countBytes(delivery.numBytes(), 0);
    machine.countPlainBytes(delivery.request().plainLength());
  }

  private @Nullable SliceSnapshot firstFrom(long version) {
    for (SliceSnapshot snapshot : machine.snapshots()) {
      if (snapshot.version() >= version) {
        return snapshot;
      }
    }
    return null;
  }

  private void send(List<Effect<Reply>> effects) {
    for (Effect<Reply> effect : effects) {
      if (effect instanceof Effect.Answer<Reply> answer) {
        Answer message = Answer.of(answer.response());
        ByteBuffer bytes = PackedReply.pack(answer.to(), Message.encode(message));
        machine.countBytes(0, bytes.remaining());
        machine.countPlainBytes(message.plainLength());
        try {
          answer.to().success(bytes);
        } catch (RuntimeException e) {
          LOG.warn("{} could not answer: {}", id, e.toString());
        }
      }
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

  private record Delivery(Request request, int numBytes, Reply reply) {}
}
