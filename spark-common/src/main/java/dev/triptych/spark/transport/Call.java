package dev.triptych.spark.transport;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.network.client.TransportClient;
import org.jspecify.annotations.Nullable;

/**
 * One outstanding call: completes by response, failure, loss of the connection or timeout.
 *
 * @param <T> what the response is read into
 */
final class Call<T> implements RpcResponseCallback {
  private static final ScheduledThreadPoolExecutor TIMEOUTS = timeouts();

  private final Address peer;
  private final ByteBuffer request;
  private final LongAdder bytesSent;
  private final LongAdder bytesReceived;
  private final Function<ByteBuffer, T> reader;
  private final CompletableFuture<T> future = new CompletableFuture<>();
  private volatile @Nullable TransportClient client;
  private volatile long requestId;

  Call(
      Address peer,
      ByteBuffer request,
      Function<ByteBuffer, T> reader,
      LongAdder bytesSent,
      LongAdder bytesReceived) {
    this.peer = peer;
    this.request = request.slice();
    this.reader = reader;
    this.bytesSent = bytesSent;
    this.bytesReceived = bytesReceived;
  }

  CompletableFuture<T> future() {
    return future;
  }

  /** Fails the call after {@code timeout} unless it is done before. */
  void expireAfter(Duration timeout, String role, String what) {
    Future<?> timer =
        TIMEOUTS.schedule(
            () -> expire(timeout, role, what), timeout.toNanos(), TimeUnit.NANOSECONDS);
    CompletableFuture<T> unused =
        future.whenComplete(
            (response, failure) -> {
              timer.cancel(false);
              if (failure != null) {
                forget();
              }
            });
  }

  /** Sends the request, unless the call is over already. */
  void transmit(TransportClient connected) {
    if (future.isDone()) {
      return;
    }
    bytesSent.add(request.remaining());
    requestId = connected.sendRpc(request, this);
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

  private void expire(Duration timeout, String role, String what) {
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

  /** Drops what Spark keeps for a call that nobody waits for any more. */
  private void forget() {
    TransportClient sentOver = client;
    if (sentOver != null) {
      sentOver.removeRpcRequest(requestId);
    }
  }

  private static ScheduledThreadPoolExecutor timeouts() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "triptych-call-timeouts");
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    return executor;
  }
}
