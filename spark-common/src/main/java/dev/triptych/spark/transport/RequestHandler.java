package dev.triptych.spark.transport;

import java.nio.ByteBuffer;

/**
 * What an {@link Endpoint} does with requests. Requests of one connection arrive one after the
 * other, those of different connections at the same time.
 */
@FunctionalInterface
public interface RequestHandler {
  /**
   * Answers one request, now or later. Runs on an event loop and must not block. An exception is
   * sent to the caller as the failure of this call and harms nothing else.
   *
   * @param request big-endian; valid during this method only, so copy what must stay
   * @param reply to be completed exactly once, by any thread
   */
  void handle(ByteBuffer request, Reply reply) throws Exception;

  /**
   * Begins to take an upload. Runs on an event loop and must not block. An exception is sent to the
   * caller as the failure of this upload.
   *
   * @param header big-endian; valid during this method only
   * @return where the body goes; it has to hold to what the header promises
   */
  default UploadSink upload(ByteBuffer header) throws Exception {
    throw new UnsupportedOperationException("uploads are not taken here");
  }

  /**
   * A connection has ended; replies still owed to it go nowhere. Runs on an event loop and must not
   * block.
   *
   * @param connection as in {@link Reply#connection()}
   */
  default void disconnected(long connection) {}
}
