package dev.triptych.spark.transport;

import java.nio.ByteBuffer;

/**
 * The body of an upload, written in small pieces when the socket takes them, so that no second copy
 * of it is ever in memory. Its content must not change before the upload's future is done.
 */
public interface UploadSource {
  /** Its length; the same at every call. */
  long numBytes();

  /**
   * Writes the bytes from {@code position} on until {@code out}, a buffer in any state but with the
   * limit set, is full. Pieces may be asked for again. Runs on event loops, one call at a time.
   *
   * @param position 0-based; {@code position + out.remaining() ≤ numBytes()}
   */
  void write(long position, ByteBuffer out);
}
