package dev.triptych.async.server;

import dev.triptych.async.protocol.Answer;
import dev.triptych.async.protocol.MalformedMessageException;
import dev.triptych.async.protocol.Message;
import dev.triptych.async.protocol.Request;
import dev.triptych.async.protocol.ShardId;
import dev.triptych.async.shard.Response;
import dev.triptych.async.shard.ShardSettings;
import dev.triptych.spark.transport.Reply;
import dev.triptych.spark.transport.RequestHandler;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The shards of one process. Decodes requests on the event loop and hands each to its shard's
 * owner. Thread-safe. Bytes that are no request fail their own call and nothing else.
 */
final class ShardHost implements RequestHandler, AutoCloseable {
  private final long maxShardBytes;
  private final Map<ShardId, ShardOwner> owners = new HashMap<>();

  /**
   * @param maxShardBytes memory of all shards' weights and optimizer states together
   */
  ShardHost(long maxShardBytes) {
    this.maxShardBytes = maxShardBytes;
  }

  @Override
  public void handle(ByteBuffer bytes, Reply reply) {
    Message message;
    try {
      message = Message.decode(bytes);
    } catch (MalformedMessageException e) {
      reply.failure("malformed message: " + e.getMessage());
      return;
    }
    if (!(message instanceof Request request)) {
      reply.failure("a server takes requests, not " + message.type());
    } else if (request instanceof Request.OpenRun open) {
      reply.success(Message.encode(open(open)));
    } else if (request instanceof Request.CloseRun) {
      ShardOwner owner = remove(request.to());
      if (owner != null) {
        owner.stop();
      }
      reply.success(Message.encode(new Answer.Done()));
    } else {
      ShardOwner owner = find(request.to());
      if (owner == null) {
        reply.success(
            Message.encode(rejected(Response.Reason.UNKNOWN_RUN, "no " + request.to() + " here")));
      } else {
        owner.deliver(request, bytes.limit(), reply);
      }
    }
  }

  private synchronized Answer open(Request.OpenRun open) {
    if (owners.containsKey(open.to())) {
      return new Answer.Done();
    }
    long bytes = memoryOf(open.settings());
    for (ShardOwner owner : owners.values()) {
      bytes += memoryOf(owner.settings());
    }
    if (bytes > maxShardBytes) {
      return rejected(
          Response.Reason.INVALID,
          "%s needs more memory than this server gives: %d MB in all, at most %d MB"
              .formatted(open.to(), bytes >> 20, maxShardBytes >> 20));
    }
    owners.put(open.to(), ShardOwner.start(open.to(), open.settings()));
    return new Answer.Done();
  }

  private synchronized @Nullable ShardOwner find(ShardId id) {
    return owners.get(id);
  }

  private synchronized @Nullable ShardOwner remove(ShardId id) {
    return owners.remove(id);
  }

  /** Weights, two vectors of optimizer state and the kept snapshots. */
  private static long memoryOf(ShardSettings settings) {
    return (3L + settings.snapshotLimit()) * settings.length() * Double.BYTES
        + 64L * settings.numWorkers();
  }

  private static Answer rejected(Response.Reason reason, String message) {
    return new Answer.Rejected(new Response.Rejected(reason, message));
  }

  @Override
  public synchronized void close() {
    owners.values().forEach(ShardOwner::stop);
    owners.clear();
  }
}
