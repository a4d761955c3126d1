package dev.triptych.spark.transport;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Takes the body of one upload as it arrives, in order, on one event loop; must not block. What it
 * throws fails the upload by that message; the rest of the body is then passed over.
 */
public interface UploadSink {
  /**
   * Takes the next bytes, at least one.
   *
   * @param bytes to be read to the end; valid during this method only
   */
  void take(ByteBuffer bytes) throws Exception;

  /** All bytes were taken; the sender is told so when this returns. */
  void complete() throws Exception;

  /** The connection ended before all bytes had come. */
  default void failed(@Nullable Throwable cause) {}
}
