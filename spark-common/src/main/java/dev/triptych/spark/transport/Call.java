package dev.triptych.spark.transport;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.apache.spark.network.buffer.NioManagedBuffer;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.network.client.TransportClient;
import org.jspecify.annotations.Nullable;

/**
 * One outstanding call or upload: completes by response, failure, loss of the connection or
 * timeout.
 *
 * @param <T> what the response is read into
 */
final class Call<T extends @Nullable Object> implements RpcResponseCallback {
  private final Address peer;
  private final String what;
  private final ByteBuffer request;
  private final @Nullable UploadSource body;
  private final Duration timeout;
  private final long deadline;
  private final LongAdder bytesSent;
  private final LongAdder bytesReceived;
  private final Function<ByteBuffer, T> reader;
  private final CompletableFuture<T> future = new CompletableFuture<>();
  private volatile @Nullable TransportClient client;
  private volatile long requestId;

  Call(
      Address peer,
      String what,
      ByteBuffer request,
      @Nullable UploadSource body,
      Duration timeout,
      Function<ByteBuffer, T> reader,
      LongAdder bytesSent,
      LongAdder bytesReceived) {
    this.peer = peer;
    this.what = what;
    this.request = request.slice();
    this.body = body;
    this.timeout = timeout;
    this.deadline = System.nanoTime() + timeout.toNanos();
    this.reader = reader;
    this.bytesSent = bytesSent;
    this.bytesReceived = bytesReceived;
  }

  CompletableFuture<T> future() {
    return future;
  }

  /** Fails the call if its time is over. */
  void expireIfDue(long now, String role) {
    if (now - deadline >= 0) {
      future.completeExceptionally(
          new CallTimeoutException(
              peer,
              role
                  + ": no reply from "
                  + peer
                  + " to "
                  + what
                  + " within "
                  + timeout.toMillis()
                  + " ms"));
    }
  }

  /** Sends the request, unless the call is over already. */
  void transmit(TransportClient connected) {
    if (future.isDone()) {
      return;
    }
    bytesSent.add(request.remaining());
    if (body == null) {
      requestId = connected.sendRpc(request, this);
    } else {
      bytesSent.add(body.numBytes());
      requestId =
          connected.uploadStream(
              new NioManagedBuffer(request.duplicate()), new SourceBuffer(body), this);
    }
    client = connected;
    if (future.isDone()) {
      forget();
    }
  }

  void lost(String reason, @Nullable Throwable cause) {
    future.completeExceptionally(new ConnectionLostException(peer, reason, cause));
  }

  @Override
  public void onSuccess(ByteBuffer response) {
    bytesReceived.add(response.remaining());
    if (future.isDone()) {
      return;
    }
    try {
      future.complete(reader.apply(response));
    } catch (RuntimeException e) {
      future.completeExceptionally(e);
    }
  }

  @Override
  public void onFailure(Throwable e) {
    // Spark hands over a plain RuntimeException for a failure that the peer has sent, and an
    // IOException or one of Netty's for what happened to the connection.
    String message = e.getMessage();
    if (e.getClass() == RuntimeException.class && message != null) {
      future.completeExceptionally(new RemoteFailureException(peer, HandlerFailure.read(message)));
    } else {
      lost("lost the connection to " + peer + ": " + message, e);
    }
  }

  /** Drops what Spark keeps for a call that nobody waits for any more. */
  void forget() {
    TransportClient sentOver = client;
    if (sentOver != null) {
      sentOver.removeRpcRequest(requestId);
    }
  }
}
