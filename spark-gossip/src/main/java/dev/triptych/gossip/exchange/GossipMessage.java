package dev.triptych.gossip.exchange;

import dev.triptych.gossip.message.Dense;
import dev.triptych.gossip.message.Message;
import dev.triptych.gossip.message.MessageCodec;
import dev.triptych.spark.exchange.Vector;
import dev.triptych.spark.transport.Endpoint;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one node sends to another, and its bytes, big-endian: length and UTF-8 bytes of the run's
 * id, sender, receiver, round (8 bytes), 0 for a stop, 1 for a message as {@link MessageCodec}
 * writes it, 2 for an upload (then bytes per value and number of values, 4 bytes each, and the
 * values follow as the upload's body), 3 for the question when the receiver is near.
 *
 * @param runId the run; what arrives for another one is refused
 * @param sender 0-based node
 * @param receiver 0-based node
 * @param round the message's round, or for a stop the update at which divergence was seen
 * @param message the sender's vector, or null if it is no message
 */
record GossipMessage(
    String runId, int sender, int receiver, long round, Kind kind, @Nullable Message message) {
  /** What it is; the order decides the byte. */
  enum Kind {
    STOP,
    MESSAGE,
    UPLOAD,
    NEAR
  }

  private static final Kind[] KINDS = Kind.values();

  /** A message, or a stop if it is null. */
  GossipMessage(String runId, int sender, int receiver, long round, @Nullable Message message) {
    this(runId, sender, receiver, round, message == null ? Kind.STOP : Kind.MESSAGE, message);
  }

  /** The question when the receiver is near this round. */
  GossipMessage asksWhetherNear() {
    return new GossipMessage(runId, sender, receiver, round, Kind.NEAR, null);
  }

  ByteBuffer encode() {
    return switch (kind) {
      case STOP, NEAR -> header(kind, 0).flip();
      case MESSAGE, UPLOAD -> {
        Message content = Objects.requireNonNull(message);
        ByteBuffer out = header(Kind.MESSAGE, MessageCodec.size(content));
        MessageCodec.write(content, out);
        yield out.flip();
      }
    };
  }

  /** What goes before the values, when they follow as the body of an upload. */
  ByteBuffer encodeHeader(Dense content) {
    return header(Kind.UPLOAD, 2 * Integer.BYTES)
        .putInt(content.vector().valueBytes())
        .putInt(content.length())
        .flip();
  }

  private ByteBuffer header(Kind written, int more) {
    byte[] id = runId.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Math.addExact(4 + id.length + 4 + 4 + 8 + 1, more))
        .putInt(id.length)
        .put(id)
        .putInt(sender)
        .putInt(receiver)
        .putLong(round)
        .put((byte) written.ordinal());
  }

  /**
   * Reads a message; the values are copied. Of an upload, the message has room for the values that
   * follow.
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
      byte code = in.get();
      if (code < 0 || code >= KINDS.length) {
        throw new IllegalArgumentException("gossip message of kind " + code);
      }
      Kind kind = KINDS[code];
      Message message =
          switch (kind) {
            case STOP, NEAR -> null;
            case MESSAGE -> MessageCodec.read(in);
            case UPLOAD -> room(in.getInt(), in.getInt());
          };
      if (in.hasRemaining()) {
        throw new IllegalArgumentException(
            "gossip message of kind " + kind + " with " + in.remaining() + " bytes after it");
      }
      return new GossipMessage(
          new String(id, StandardCharsets.UTF_8), sender, receiver, round, kind, message);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("gossip message ends too early", e);
    }
  }

  private static Dense room(int valueBytes, int length) {
    if ((valueBytes != Double.BYTES && valueBytes != Float.BYTES)
        || length < 0
        || (long) length * valueBytes > Endpoint.MAX_BODY_BYTES) {
      throw new IllegalArgumentException(
          "upload of " + length + " values of " + valueBytes + " bytes");
    }
    return Dense.of(
        valueBytes == Double.BYTES
            ? new Vector.Doubles(new double[length])
            : new Vector.Floats(new float[length]));
  }
}
