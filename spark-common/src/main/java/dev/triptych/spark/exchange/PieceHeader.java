package dev.triptych.spark.exchange;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What goes before the values of a piece on its way to another process: length and UTF-8 bytes of
 * the run's id, then the fields, big-endian.
 *
 * @param sequence the all-reduce, counted from 0 in every run
 * @param chunk of the plan
 * @param piece of the chunk
 * @param hop that brings it to the receiver
 * @param length of the whole vector
 * @param valueBytes 8 or 4
 */
record PieceHeader(
    String runId, long sequence, int chunk, int piece, int hop, int length, int valueBytes) {
  private static final int FIELD_BYTES = Long.BYTES + 5 * Integer.BYTES;

  /**
   * @throws IllegalArgumentException if there are no such vectors
   */
  PieceHeader {
    if (length < 0 || (valueBytes != Double.BYTES && valueBytes != Float.BYTES)) {
      throw new IllegalArgumentException(
          "a piece of " + length + " values of " + valueBytes + " bytes");
    }
  }

  ByteBuffer encode() {
    byte[] id = runId.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Integer.BYTES + id.length + FIELD_BYTES)
        .putInt(id.length)
        .put(id)
        .putLong(sequence)
        .putInt(chunk)
        .putInt(piece)
        .putInt(hop)
        .putInt(length)
        .putInt(valueBytes)
        .flip();
  }

  /**
   * @throws IllegalArgumentException if the bytes are no header
   */
  static PieceHeader decode(ByteBuffer in) {
    try {
      int idLength = in.getInt();
      if (idLength < 0 || idLength != in.remaining() - FIELD_BYTES) {
        throw new IllegalArgumentException(
            "header of a piece with a run id of " + idLength + " bytes");
      }
      byte[] id = new byte[idLength];
      in.get(id);
      return new PieceHeader(
          new String(id, StandardCharsets.UTF_8),
          in.getLong(),
          in.getInt(),
          in.getInt(),
          in.getInt(),
          in.getInt(),
          in.getInt());
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("header of a piece ends too early", e);
    }
  }
}
