package dev.triptych.async.protocol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A message and its bytes: protocol version, type code, body; all numbers little-endian. Immutable.
 */
public sealed interface Message permits Request, Answer {
  /** First byte of every message. */
  byte VERSION = 2;

  /** Its row in the table of messages. */
  MessageType type();

  /** Bytes that {@link #writeTo} writes. */
  int encodedLength();

  /**
   * Bytes of the whole message if keys were plain ints, values doubles and nothing was kept back:
   * what {@link #encode} is compared with.
   */
  default long plainLength() {
    return 2L + encodedLength();
  }

  /** Writes exactly {@link #encodedLength} bytes. */
  void writeTo(WireWriter out);

  /** Bytes of {@link #encode}. */
  static int encodedLength(Message message) {
    return 2 + message.encodedLength();
  }

  /** The message as bytes, ready to send. */
  static ByteBuffer encode(Message message) {
    ByteBuffer bytes =
        ByteBuffer.allocate(2 + message.encodedLength()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(VERSION).put(message.type().code());
    message.writeTo(new WireWriter(bytes));
    if (bytes.hasRemaining()) {
      throw new IllegalStateException(message.type() + " wrote fewer bytes than announced");
    }
    return bytes.flip();
  }

  /**
   * The message in {@code bytes}, all of it, copied out of the buffer.
   *
   * @throws MalformedMessageException if the bytes are no message; nothing large was allocated then
   */
  static Message decode(ByteBuffer bytes) throws MalformedMessageException {
    return decode(bytes, null);
  }

  /**
   * Like {@link #decode(ByteBuffer)}, of a connection that may name sets of keys.
   *
   * @param known sets that this connection has defined; new ones are added
   * @throws UnknownKeysException if a set is named that is not among them
   */
  static Message decode(ByteBuffer bytes, @Nullable KeySets known)
      throws MalformedMessageException {
    WireReader in = new WireReader(bytes.slice().order(ByteOrder.LITTLE_ENDIAN), known);
    byte version = in.readByte();
    if (version != VERSION) {
      throw new MalformedMessageException("protocol version " + version + ", expected " + VERSION);
    }
    MessageType type = MessageType.of(in.readByte());
    try {
      Message message = type.read(in);
      in.expectEnd();
      return message;
    } catch (IllegalArgumentException e) {
      throw new MalformedMessageException(type + ": " + e.getMessage());
    }
  }
}
