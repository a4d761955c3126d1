package dev.triptych.async.server;

import dev.triptych.async.protocol.Answer;
import dev.triptych.async.protocol.Message;
import dev.triptych.async.protocol.ShardId;
import dev.triptych.async.replica.Replica;
import dev.triptych.async.shard.Response;
import dev.triptych.spark.transport.Reply;
import java.nio.ByteBuffer;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way out of a shard's answers: at once, or when its followers have the event. Used by the
 * owner's thread, and after it has ended.
 */
final class ShardReplies {
  private static final Logger LOG = LoggerFactory.getLogger(ShardReplies.class);

  private final ShardId id;
  private final Replica<ShardOwner.Event, Reply, ByteBuffer> replica;

  ShardReplies(ShardId id, Replica<ShardOwner.Event, Reply, ByteBuffer> replica) {
    this.id = id;
    this.replica = replica;
  }

  /** As {@link #answer(Reply, ByteBuffer)}. */
  void answer(Reply to, Answer message) {
    answer(to, Message.encode(message));
  }

  /** Sends an answer to an event, or keeps it back until the followers have the event. */
  void answer(Reply to, ByteBuffer bytes) {
    if (to != Nobody.INSTANCE && replica.mayReply(to, bytes)) {
      sendNow(to, bytes);
    }
  }

  /** What was kept back. */
  void release(List<Replica.Released<Reply, ByteBuffer>> released) {
    for (Replica.Released<Reply, ByteBuffer> answer : released) {
      sendNow(answer.to(), answer.reply());
    }
  }

  /** Another server is the primary: whoever waits asks there. */
  void refuse(List<Reply> waiting) {
    waiting.forEach(to -> sendNow(to, notPrimary()));
  }

  ByteBuffer notPrimary() {
    return Message.encode(
        Answer.rejected(Response.Reason.NOT_PRIMARY, "this server is not the primary of " + id));
  }

  void sendNow(Reply to, ByteBuffer bytes) {
    try {
      to.success(bytes);
    } catch (RuntimeException e) {
      LOG.warn("{} could not answer: {}", id, e.toString());
    }
  }

  void fail(Reply to, String message) {
    try {
      to.failure(message);
    } catch (IllegalStateException e) {
      LOG.debug("{} had answered before", id);
    }
  }
}
