package dev.triptych.spark.exchange;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What the task of node 0 tells the others before the first all-reduce: a file to map, answered
 * with one byte, 1 if that went well; then what was decided, answered with nothing.
 *
 * @param kind what it says
 * @param runId of the run
 * @param file absolute path, empty in a decision
 * @param token that the file begins with, empty in a decision
 */
record SharingMessage(Kind kind, String runId, String file, byte[] token) {
  enum Kind {
    /** Here is a file. */
    OFFER,
    /** All have mapped it. */
    SHARED,
    /** Somebody has not: everything goes through sockets. */
    SOCKETS
  }

  static SharingMessage decision(boolean shared, String runId) {
    return new SharingMessage(shared ? Kind.SHARED : Kind.SOCKETS, runId, "", new byte[0]);
  }

  /** Kind, then length and bytes of run, file and token, big-endian. */
  ByteBuffer encode() {
    byte[][] parts = {
      runId.getBytes(StandardCharsets.UTF_8), file.getBytes(StandardCharsets.UTF_8), token
    };
    int bytes = 1;
    for (byte[] part : parts) {
      bytes += Integer.BYTES + part.length;
    }
    ByteBuffer out = ByteBuffer.allocate(bytes).put((byte) kind.ordinal());
    for (byte[] part : parts) {
      out.putInt(part.length).put(part);
    }
    return out.flip();
  }

  /**
   * @throws IllegalArgumentException if the bytes are no such message
   */
  static SharingMessage decode(ByteBuffer in) {
    try {
      int kind = in.get();
      if (kind < 0 || kind >= Kind.values().length) {
        throw new IllegalArgumentException("no kind of message about sharing: " + kind);
      }
      SharingMessage message =
          new SharingMessage(
              Kind.values()[kind],
              new String(part(in), StandardCharsets.UTF_8),
              new String(part(in), StandardCharsets.UTF_8),
              part(in));
      if (in.hasRemaining()) {
        throw new IllegalArgumentException("message about sharing goes on after its end");
      }
      return message;
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("message about sharing ends too early", e);
    }
  }

  private static byte[] part(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new IllegalArgumentException("message about sharing with a part of " + length);
    }
    byte[] part = new byte[length];
    in.get(part);
    return part;
  }
}
