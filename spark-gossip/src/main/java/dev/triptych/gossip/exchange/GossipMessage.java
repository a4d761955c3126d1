package dev.triptych.gossip.exchange;

import dev.triptych.gossip.message.Message;
import dev.triptych.gossip.message.MessageCodec;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What one node sends to another, and its bytes, big-endian: length and UTF-8 bytes of the run's
 * id, sender, receiver, round (8 bytes), 0 for a stop or 1, the message of {@link MessageCodec}.
 *
 * @param runId the run; what arrives for another one is refused
 * @param sender 0-based node
 * @param receiver 0-based node
 * @param round the message's round, or for a stop the update at which divergence was seen
 * @param message the sender's vector, or null for a stop
 */
record GossipMessage(
    String runId, int sender, int receiver, long round, @Nullable Message message) {
  private static final byte STOP = 0;
  private static final byte MESSAGE = 1;

  ByteBuffer encode() {
    byte[] id = runId.getBytes(StandardCharsets.UTF_8);
    int payload = message == null ? 0 : MessageCodec.size(message);
    ByteBuffer out =
        ByteBuffer.allocate(Math.addExact(4 + id.length + 4 + 4 + 8 + 1, payload))
            .putInt(id.length)
            .put(id)
            .putInt(sender)
            .putInt(receiver)
            .putLong(round)
            .put(message == null ? STOP : MESSAGE);
    if (message != null) {
      MessageCodec.write(message, out);
    }
    return out.flip();
  }

  /**
   * Reads a message; the values are copied.
   *
   * @throws IllegalArgumentException if the bytes are no message
   */
  static GossipMessage decode(ByteBuffer in) {
    try {
      int idLength = in.getInt();
      if (idLength < 0 || idLength > in.remaining()) {
        throw new IllegalArgumentException(
            "gossip message with a run id of " + idLength + " bytes");
      }
      byte[] id = new byte[idLength];
      in.get(id);
      int sender = in.getInt();
      int receiver = in.getInt();
      long round = in.getLong();
      byte kind = in.get();
      if (kind == STOP ? in.hasRemaining() : kind != MESSAGE) {
        throw new IllegalArgumentException(
            "gossip message of kind " + kind + " with " + in.remaining() + " bytes after it");
      }
      Message message = kind == STOP ? null : MessageCodec.read(in);
      return new GossipMessage(
          new String(id, StandardCharsets.UTF_8), sender, receiver, round, message);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("gossip message ends too early", e);
    }
  }
}
