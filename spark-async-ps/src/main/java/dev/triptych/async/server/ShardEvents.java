package dev.triptych.async.server;

import dev.triptych.async.order.ArrivalOrder;
import dev.triptych.async.protocol.Answer;
import dev.triptych.async.protocol.Message;
import dev.triptych.async.protocol.ReplicaRequest;
import dev.triptych.async.protocol.Request;
import dev.triptych.async.protocol.ShardId;
import dev.triptych.async.protocol.SnapshotAnswer;
import dev.triptych.async.protocol.SnapshotRequest;
import dev.triptych.async.shard.Effect;
import dev.triptych.async.shard.Flaw;
import dev.triptych.async.shard.ShardMachine;
import dev.triptych.spark.transport.Reply;
import java.nio.ByteBuffer;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events at a shard: requests that change its machine, at the primary and then at every backup, and
 * what they lead to. Used by the owner's thread.
 */
final class ShardEvents {
  private static final Logger LOG = LoggerFactory.getLogger(ShardEvents.class);

  private final ShardId id;
  private final int numWorkers;
  private final ShardMachine<Reply> machine;
  private final ShardReplies replies;

  ShardEvents(ShardId id, int numWorkers, ShardMachine<Reply> machine, ShardReplies replies) {
    this.id = id;
    this.numWorkers = numWorkers;
    this.machine = machine;
    this.replies = replies;
  }

  /** An event, at the primary and then at every backup. */
  void apply(Request request, int numBytes, Reply reply, long now) {
    if (request instanceof Request.Push push) {
      count(request, numBytes);
      boolean divergedBefore = machine.hasDiverged();
      send(machine.push(push.request(), reply, now));
      if (machine.hasDiverged() && !divergedBefore) {
        LOG.warn("{} has diverged: {}", id, Flaw.ofValues(push.request()));
      }
    } else if (request instanceof Request.Pull pull) {
      count(request, numBytes);
      send(machine.pull(pull.request(), reply, now));
    } else if (request instanceof Request.Hello hello) {
      count(request, numBytes);
      send(machine.hello(hello.request(), reply));
    } else if (request instanceof Request.RemoveWorker remove) {
      LOG.warn("{}: worker {} is declared dead", id, remove.worker());
      send(machine.remove(remove.worker(), now));
      replies.answer(reply, new Answer.Done());
    } else if (request instanceof Request.ExtendRun extend) {
      machine.extend(extend.budget());
      replies.answer(reply, new Answer.Done());
    } else if (request instanceof Request.RecordOrder) {
      machine.recordOrder();
      replies.answer(reply, new Answer.Done());
    } else if (request instanceof Request.ReplayOrder replay) {
      replies.answer(reply, replay(replay.order()));
    } else if (request instanceof ReplicaRequest.ResumeRun resume) {
      machine.resume(resume.budget());
      replies.answer(reply, new Answer.Done());
    } else if (request instanceof SnapshotRequest.ListSnapshots list) {
      // keeps one, which a backup must have too
      replies.answer(reply, listed(list));
    } else if (request instanceof ReplicaRequest.Hold) {
      machine.hold();
      replies.answer(reply, new Answer.Done());
    } else if (request instanceof ReplicaRequest.Release) {
      send(machine.release(now));
      replies.answer(reply, new Answer.Done());
    } else {
      reply.failure(request.type() + " is not for a shard");
    }
  }

  private Answer listed(SnapshotRequest.ListSnapshots list) {
    if (list.numPenalised() < 0 || list.numPenalised() > machine.length()) {
      return Answer.invalid("the penalised parameters must lie within " + machine.length());
    }
    machine.keepNow();
    return new SnapshotAnswer.SnapshotList(machine.summaries(list.version(), list.numPenalised()));
  }

  private Answer replay(ArrivalOrder order) {
    if (order.numWorkers() != numWorkers) {
      return Answer.invalid(
          "an order of %d workers in a run of %d".formatted(order.numWorkers(), numWorkers));
    }
    machine.replay(order);
    return new Answer.Done();
  }

  private void count(Request request, int numBytes) {
    machine.countBytes(numBytes, 0);
    machine.countPlainBytes(request.plainLength());
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
          replies.answer(answer.to(), bytes);
        }
      }
    }
  }

  /** The run is over here: whoever still waits is told so. */
  void close() {
    for (Effect<Reply> effect : machine.close()) {
      if (effect instanceof Effect.Answer<Reply> answer) {
        replies.sendNow(answer.to(), Message.encode(Answer.of(answer.response())));
      }
    }
  }
}
