package dev.triptych.async.server;

import dev.triptych.spark.transport.Reply;
import java.nio.ByteBuffer;

/** Whom a backup answers to. */
enum Nobody implements Reply {
  INSTANCE;

  @Override
  public void success(ByteBuffer response) {}

  @Override
  public void failure(String message) {}

  @Override
  public long connection() {
    return -1;
  }
}
