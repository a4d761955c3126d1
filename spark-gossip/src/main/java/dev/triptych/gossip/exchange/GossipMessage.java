package dev.triptych.gossip.exchange;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What one node sends to another, and its bytes, big-endian: length and UTF-8 bytes of the run's
 * id, sender, receiver, round (8 bytes), number of values or −1, the values (8 bytes each).
 *
 * @param runId the run; what arrives for another one is refused
 * @param sender 0-based node
 * @param receiver 0-based node
 * @param round the message's round, or for a stop the update at which divergence was seen
 * @param values the sender's vector, or null for a stop
 */
record GossipMessage(
    String runId, int sender, int receiver, long round, double @Nullable [] values) {
  private static final int STOP = -1;

  ByteBuffer encode() {
    byte[] id = runId.getBytes(StandardCharsets.UTF_8);
    int payload = values == null ? 0 : Math.multiplyExact(values.length, Double.BYTES);
    ByteBuffer out =
        ByteBuffer.allocate(Math.addExact(4 + id.length + 4 + 4 + 8 + 4, payload))
            .putInt(id.length)
            .put(id)
            .putInt(sender)
            .putInt(receiver)
            .putLong(round)
            .putInt(values == null ? STOP : values.length);
    if (values != null) {
      out.asDoubleBuffer().put(values);
      out.position(out.position() + payload);
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
      int numValues = in.getInt();
      long payload = numValues == STOP ? 0 : (long) numValues * Double.BYTES;
      if (payload != in.remaining()) {
        throw new IllegalArgumentException(
            "gossip message of "
                + numValues
                + " values with "
                + in.remaining()
                + " bytes after its header");
      }
      double[] values = null;
      if (numValues != STOP) {
        values = new double[numValues];
        in.asDoubleBuffer().get(values);
      }
      return new GossipMessage(
          new String(id, StandardCharsets.UTF_8), sender, receiver, round, values);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("gossip message ends too early", e);
    }
  }
}
