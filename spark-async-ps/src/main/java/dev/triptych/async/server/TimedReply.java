package dev.triptych.async.server;

import dev.triptych.async.metrics.ServerMetrics;
import dev.triptych.async.protocol.Request;
import dev.triptych.spark.transport.Reply;
import java.nio.ByteBuffer;

/** A reply that tells the metrics how long its request took, from arrival to answer. */
final class TimedReply implements Reply {
  private final Reply reply;
  private final ServerMetrics.Kind kind;
  private final ServerMetrics metrics;
  private final long arrived = System.nanoTime();

  TimedReply(Reply reply, Request request, ServerMetrics metrics) {
    this.reply = reply;
    // Not the request itself: a parked pull would keep its gradient alive.
    this.kind = kindOf(request);
    this.metrics = metrics;
  }

  @Override
  public void success(ByteBuffer response) {
    int bytes = response.remaining();
    reply.success(response);
    metrics.sent(bytes);
    metrics.answered(kind, System.nanoTime() - arrived);
  }

  @Override
  public void failure(String message) {
    reply.failure(message);
    metrics.failed();
  }

  @Override
  public long connection() {
    return reply.connection();
  }

  private static ServerMetrics.Kind kindOf(Request request) {
    if (request instanceof Request.Push) {
      return ServerMetrics.Kind.PUSH;
    }
    return request instanceof Request.Pull ? ServerMetrics.Kind.PULL : ServerMetrics.Kind.CONTROL;
  }
}
