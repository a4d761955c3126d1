package dev.triptych.gossip.exchange;

import dev.triptych.gossip.pairing.PairMessage;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A {@link PairMessage} on its way, and its bytes, big-endian: length and UTF-8 bytes of the run's
 * id, sender, receiver, type (one byte), number (8 bytes), number of values, the values (8 bytes
 * each). Types without number or values have zeros there.
 *
 * <table>
 *   <caption>Messages</caption>
 *   <tr><th>type</th><th>message</th><th>reply</th></tr>
 *   <tr><td>1</td><td>Request</td><td>Answer, when the receiver does not wait itself</td></tr>
 *   <tr><td>2</td><td>Answer</td><td></td></tr>
 *   <tr><td>3</td><td>Settled</td><td>empty</td></tr>
 *   <tr><td>4</td><td>Ping</td><td>Alive</td></tr>
 *   <tr><td>5</td><td>Alive</td><td></td></tr>
 *   <tr><td>6</td><td>Pull</td><td>Weights, when the receiver has some</td></tr>
 *   <tr><td>7</td><td>Weights</td><td></td></tr>
 * </table>
 *
 * @param runId the run; what arrives for another one is refused
 * @param sender 0-based node
 * @param receiver 0-based node
 * @param message what it says
 */
record PairEnvelope(String runId, int sender, int receiver, PairMessage message) {
  private static final byte REQUEST = 1;
  private static final byte ANSWER = 2;
  private static final byte SETTLED = 3;
  private static final byte PING = 4;
  private static final byte ALIVE = 5;
  private static final byte PULL = 6;
  private static final byte WEIGHTS = 7;
  private static final double[] NONE = {};

  ByteBuffer encode() {
    if (message instanceof PairMessage.Request request) {
      return encode(REQUEST, request.number(), request.weights());
    }
    if (message instanceof PairMessage.Answer answer) {
      return encode(ANSWER, answer.number(), answer.difference());
    }
    if (message instanceof PairMessage.Settled settled) {
      return encode(SETTLED, settled.number(), NONE);
    }
    if (message instanceof PairMessage.Weights weights) {
      return encode(WEIGHTS, 0, weights.weights());
    }
    if (message instanceof PairMessage.Ping) {
      return encode(PING, 0, NONE);
    }
    return encode(message instanceof PairMessage.Pull ? PULL : ALIVE, 0, NONE);
  }

  private ByteBuffer encode(byte type, long number, double[] values) {
    byte[] id = runId.getBytes(StandardCharsets.UTF_8);
    int payload = Math.multiplyExact(values.length, Double.BYTES);
    ByteBuffer out =
        ByteBuffer.allocate(Math.addExact(4 + id.length + 4 + 4 + 1 + 8 + 4, payload))
            .putInt(id.length)
            .put(id)
            .putInt(sender)
            .putInt(receiver)
            .put(type)
            .putLong(number)
            .putInt(values.length);
    out.asDoubleBuffer().put(values);
    return out.position(out.position() + payload).flip();
  }

  /**
   * Reads a message; the values are copied.
   *
   * @throws IllegalArgumentException if the bytes are no message
   */
  static PairEnvelope decode(ByteBuffer in) {
    try {
      int idLength = in.getInt();
      if (idLength < 0 || idLength > in.remaining()) {
        throw new IllegalArgumentException("pair message with a run id of " + idLength + " bytes");
      }
      byte[] id = new byte[idLength];
      in.get(id);
      int sender = in.getInt();
      int receiver = in.getInt();
      byte type = in.get();
      long number = in.getLong();
      int numValues = in.getInt();
      boolean carries = type == REQUEST || type == ANSWER || type == WEIGHTS;
      if ((long) numValues * Double.BYTES != in.remaining() || (!carries && numValues != 0)) {
        throw new IllegalArgumentException(
            String.format(
                "pair message of type %d and %d values with %d bytes after its header",
                type, numValues, in.remaining()));
      }
      double[] values = numValues == 0 ? NONE : new double[numValues];
      in.asDoubleBuffer().get(values);
      PairMessage message =
          switch (type) {
            case REQUEST -> new PairMessage.Request(number, values);
            case ANSWER -> new PairMessage.Answer(number, values);
            case SETTLED -> new PairMessage.Settled(number);
            case PING -> new PairMessage.Ping();
            case ALIVE -> new PairMessage.Alive();
            case PULL -> new PairMessage.Pull();
            case WEIGHTS -> new PairMessage.Weights(values);
            default -> throw new IllegalArgumentException("unknown pair message type " + type);
          };
      return new PairEnvelope(new String(id, StandardCharsets.UTF_8), sender, receiver, message);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("pair message ends too early", e);
    }
  }
}
