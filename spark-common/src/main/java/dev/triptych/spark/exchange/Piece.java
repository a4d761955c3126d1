package dev.triptych.spark.exchange;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A piece on its way to the node of a hop: either the array it is read from, or bytes that came
 * from another process.
 *
 * @param from the part of the node before, in this process, or null
 * @param bytes the values, or null
 * @param length of the sender's vector
 * @param valueBytes 8 or 4
 */
record Piece(
    long sequence,
    int chunk,
    int piece,
    int hop,
    @Nullable Turn from,
    @Nullable ByteBuffer bytes,
    int length,
    int valueBytes) {

  static Piece of(Turn from, int chunk, int piece, int hop) {
    return new Piece(
        from.sequence,
        chunk,
        piece,
        hop,
        from,
        null,
        from.vector.length(),
        from.vector.valueBytes());
  }

  static Piece of(PieceHeader header, ByteBuffer bytes) {
    return new Piece(
        header.sequence(),
        header.chunk(),
        header.piece(),
        header.hop(),
        null,
        bytes,
        header.length(),
        header.valueBytes());
  }
}
