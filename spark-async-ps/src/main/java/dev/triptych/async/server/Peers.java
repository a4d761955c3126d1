package dev.triptych.async.server;

import dev.triptych.async.client.Addresses;
import dev.triptych.async.protocol.MalformedMessageException;
import dev.triptych.async.protocol.Message;
import dev.triptych.async.protocol.Request;
import dev.triptych.spark.transport.Endpoint;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The other servers, as a server asks them. Thread-safe. */
final class Peers {
  private static final Duration MAX_WAIT = Duration.ofSeconds(10);

  private volatile @Nullable Endpoint endpoint;

  /** From now on peers can be asked. */
  void connect(Endpoint own) {
    endpoint = own;
  }

  /** The answer, or a failure. */
  CompletableFuture<Message> ask(String server, Request request) {
    Endpoint own = endpoint;
    if (own == null) {
      return CompletableFuture.failedFuture(new IllegalStateException("not connected"));
    }
    return own.call(
            Addresses.parse(server), request.type().toString(), Message.encode(request), MAX_WAIT)
        .thenApply(Peers::decode);
  }

  private static Message decode(ByteBuffer bytes) {
    try {
      return Message.decode(bytes);
    } catch (MalformedMessageException e) {
      throw new IllegalStateException(e);
    }
  }
}
