package dev.triptych.async.server;

import dev.triptych.async.function.FunctionFailedException;
import dev.triptych.async.function.FunctionRunner;
import dev.triptych.async.function.ServerFunction;
import dev.triptych.async.function.Slice;
import dev.triptych.async.order.ArrivalOrder;
import dev.triptych.async.protocol.Answer;
import dev.triptych.async.protocol.Message;
import dev.triptych.async.protocol.ReplicaAnswer;
import dev.triptych.async.protocol.ReplicaRequest;
import dev.triptych.async.protocol.Request;
import dev.triptych.async.protocol.ShardId;
import dev.triptych.async.protocol.SnapshotAnswer;
import dev.triptych.async.protocol.SnapshotRequest;
import dev.triptych.async.shard.ShardMachine;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.spark.transport.Reply;
import java.nio.DoubleBuffer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers what changes nothing at a shard: how it stands, what it has kept. Owner's thread. */
final class ShardReader {
  private static final Logger LOG = LoggerFactory.getLogger(ShardReader.class);

  private final ShardId id;
  private final ShardSettings settings;
  private final ShardMachine<Reply> machine;
  private final Supplier<ShardState.Chunks> copy;
  // What server functions see; made when the first one is called.
  private @Nullable Slice slice;
  private long frozenNumber;
  private ShardState.@Nullable Chunks frozen;

  /**
   * @param copy the shard's state as it is now
   */
  ShardReader(
      ShardId id,
      ShardSettings settings,
      ShardMachine<Reply> machine,
      Supplier<ShardState.Chunks> copy) {
    this.id = id;
    this.settings = settings;
    this.machine = machine;
    this.copy = copy;
  }

  void read(Request request, Reply reply) {
    Message answer = answerTo(request);
    if (answer == null) {
      reply.failure(request.type() + " is not for a shard");
    } else {
      reply.success(Message.encode(answer));
    }
  }

  private @Nullable Message answerTo(Request request) {
    if (request instanceof Request.Status) {
      return new Answer.StatusAnswer(machine.status());
    }
    if (request instanceof Request.FetchSnapshot fetch) {
      return new Answer.Snapshot(machine.snapshotFrom(fetch.version()));
    }
    if (request instanceof SnapshotRequest.FetchValues fetch) {
      return valuesOf(fetch);
    }
    if (request instanceof Request.FetchCurrent) {
      return new Answer.Snapshot(machine.current());
    }
    if (request instanceof Request.FetchOrder) {
      ArrivalOrder order = machine.order();
      return new Answer.Order(order == null ? new ArrivalOrder(settings.numWorkers()) : order);
    }
    if (request instanceof Request.CallFunction call) {
      return call(call);
    }
    if (request instanceof ReplicaRequest.Cut) {
      return new ReplicaAnswer.CutState(machine.cut());
    }
    if (request instanceof ReplicaRequest.Freeze freeze) {
      return freeze(freeze);
    }
    return request instanceof ReplicaRequest.FetchState fetch ? fetchState(fetch) : null;
  }

  private Answer valuesOf(SnapshotRequest.FetchValues fetch) {
    int previous = -1;
    for (int k = fetch.positions().position(); k < fetch.positions().limit(); k++) {
      int position = fetch.positions().get(k);
      if (position <= previous || position >= machine.length()) {
        return Answer.invalid("keys must ascend within " + machine.length());
      }
      previous = position;
    }
    DoubleBuffer values = machine.valuesAt(fetch.version(), fetch.positions());
    return values == null
        ? Answer.invalid("no snapshot of version " + fetch.version() + " is kept")
        : new SnapshotAnswer.Values(values);
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
      return Answer.invalid(id + ": " + e.getMessage());
    }
  }

  private ReplicaAnswer.Frozen freeze(ReplicaRequest.Freeze freeze) {
    if (frozen == null || frozenNumber != freeze.number()) {
      frozen = copy.get();
      frozenNumber = freeze.number();
    }
    return new ReplicaAnswer.Frozen(frozen.total());
  }

  /** The last part is given once. */
  private Message fetchState(ReplicaRequest.FetchState fetch) {
    ShardState.Chunks kept = frozen;
    if (kept == null || frozenNumber != fetch.number() || fetch.offset() >= kept.total()) {
      return Answer.invalid("no state " + fetch.number() + " is kept here");
    }
    byte[] part = kept.part(fetch.offset());
    if (fetch.offset() + part.length >= kept.total()) {
      frozen = null;
    }
    return new ReplicaAnswer.StatePart(part);
  }
}
