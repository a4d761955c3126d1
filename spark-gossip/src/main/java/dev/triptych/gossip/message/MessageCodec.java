package dev.triptych.gossip.message;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * Bytes of messages, big-endian: the form (1 byte), the vector's length (4), the payload's length
 * (4), the payload.
 */
public final class MessageCodec {
  private static final int HEADER = 1 + Integer.BYTES + Integer.BYTES;
  private static final byte DENSE_DOUBLE = 0;
  private static final byte DENSE_FLOAT = 1;
  private static final byte SPARSE = 2;
  private static final byte SIGN = 3;
  private static final byte QUANTIZED = 4;

  private MessageCodec() {}

  /**
   * Bytes of a message with its header.
   *
   * @throws ArithmeticException if it is longer than 2 GiB
   */
  public static int size(Message message) {
    return Math.toIntExact(HEADER + message.payloadBytes());
  }

  /** Writes {@link #size} bytes. */
  public static void write(Message message, ByteBuffer out) {
    out.put(form(message)).putInt(message.length()).putInt(Math.toIntExact(message.payloadBytes()));
    message.write(out);
  }

  private static byte form(Message message) {
    if (message instanceof DenseDouble) {
      return DENSE_DOUBLE;
    } else if (message instanceof DenseFloat) {
      return DENSE_FLOAT;
    } else if (message instanceof Sparse) {
      return SPARSE;
    } else if (message instanceof Sign) {
      return SIGN;
    }
    return QUANTIZED;
  }

  /**
   * Reads a message; the values are copied.
   *
   * @throws IllegalArgumentException if the bytes are no message
   */
  public static Message read(ByteBuffer in) {
    try {
      byte form = in.get();
      int length = in.getInt();
      int payload = in.getInt();
      if (length < 0 || payload != in.remaining() || !fits(form, length, payload)) {
        throw new IllegalArgumentException(
            "message of form %d with %d values, %d bytes announced and %d there"
                .formatted(form, length, payload, in.remaining()));
      }
      return switch (form) {
        case DENSE_DOUBLE -> DenseDouble.read(in, length);
        case DENSE_FLOAT -> DenseFloat.read(in, length);
        case SPARSE -> Sparse.read(in, length, payload);
        case SIGN -> Sign.read(in, length);
        default -> Quantized.read(in, length);
      };
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("message ends too early", e);
    }
  }

  private static boolean fits(byte form, int length, int payload) {
    return switch (form) {
      case DENSE_DOUBLE -> payload == (long) length * Double.BYTES;
      case DENSE_FLOAT -> payload == (long) length * Float.BYTES;
      case SPARSE -> payload % (Integer.BYTES + Double.BYTES) == 0;
      case SIGN -> payload == Sign.payloadBytes(length);
      case QUANTIZED -> payload == (long) Double.BYTES + length;
      default -> false;
    };
  }
}
