package dev.triptych.async.server;

import dev.triptych.async.packing.Packing;
import dev.triptych.spark.transport.Reply;
import java.nio.ByteBuffer;

/** The answer to a request that came in an envelope: it goes in one of the same kind. */
final class PackedReply implements Reply {
  private final Reply reply;
  private final Packing packing;

  PackedReply(Reply reply, Packing packing) {
    this.reply = reply;
    this.packing = packing;
  }

  /** The bytes to send: in an envelope if the request came in one. */
  static ByteBuffer pack(Reply to, ByteBuffer message) {
    return to instanceof PackedReply packed ? packed.packing.pack(message) : message;
  }

  @Override
  public void success(ByteBuffer response) {
    reply.success(response);
  }

  @Override
  public void failure(String message) {
    reply.failure(message);
  }

  @Override
  public long connection() {
    return reply.connection();
  }
}
