package dev.triptych.async.server;

import dev.triptych.async.protocol.Answer;
import dev.triptych.async.protocol.MalformedMessageException;
import dev.triptych.async.protocol.Message;
import dev.triptych.async.shard.ShardStatus;
import dev.triptych.spark.transport.Reply;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The server asks its own shard how it stands. */
final class StatusReply implements Reply {
  private final CountDownLatch answered = new CountDownLatch(1);
  private volatile @Nullable ByteBuffer response;

  @Override
  public void success(ByteBuffer bytes) {
    response = bytes;
    answered.countDown();
  }

  @Override
  public void failure(String message) {
    answered.countDown();
  }

  @Override
  public long connection() {
    return 0;
  }

  /** The answer, or null if the shard was closed or does not answer in time. */
  @Nullable ShardStatus await(long deadlineNanos) {
    try {
      boolean unused = answered.await(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
      ByteBuffer bytes = response;
      return bytes != null && Message.decode(bytes) instanceof Answer.StatusAnswer answer
          ? answer.status()
          : null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } catch (MalformedMessageException e) {
      throw new IllegalStateException(e);
    }
  }
}
