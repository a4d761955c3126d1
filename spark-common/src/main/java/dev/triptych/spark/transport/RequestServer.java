package dev.triptych.spark.transport;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.apache.spark.network.buffer.ManagedBuffer;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.network.client.StreamCallbackWithID;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.server.RpcHandler;
import org.apache.spark.network.server.StreamManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The serving side of an endpoint: hands requests to the handler and its answers to Spark. */
final class RequestServer extends RpcHandler {
  private static final Logger log = LoggerFactory.getLogger(RequestServer.class);

  private final String role;
  private final RequestHandler handler;
  private final LongAdder bytesSent;
  private final LongAdder bytesReceived;
  private final AtomicLong numConnections = new AtomicLong();
  private final ConcurrentHashMap<TransportClient, Long> connections = new ConcurrentHashMap<>();
  private final StreamManager noStreams =
      new StreamManager() {
        @Override
        public ManagedBuffer getChunk(long streamId, int chunkIndex) {
          throw new UnsupportedOperationException(role + " has no streams");
        }
      };

  RequestServer(String role, RequestHandler handler, LongAdder bytesSent, LongAdder bytesReceived) {
    this.role = role;
    this.handler = handler;
    this.bytesSent = bytesSent;
    this.bytesReceived = bytesReceived;
  }

  @Override
  public void receive(TransportClient client, ByteBuffer request, RpcResponseCallback callback) {
    bytesReceived.add(request.remaining());
    OnceReply reply = new OnceReply(callback, connectionOf(client));
    try {
      handler.handle(request, reply);
    } catch (Throwable t) {
      if (!reply.tryFail(t.getMessage() == null ? t.toString() : t.getMessage())) {
        log.warn("{}: the handler failed after it had answered", role, t);
      }
    }
  }

  @Override
  public StreamCallbackWithID receiveStream(
      TransportClient client, ByteBuffer header, RpcResponseCallback callback) {
    bytesReceived.add(header.remaining());
    UploadSink sink = null;
    String refusal = null;
    try {
      sink = handler.upload(header);
    } catch (Exception e) {
      refusal = e.getMessage() == null ? e.toString() : e.getMessage();
    }
    return new IncomingUpload(sink, refusal, bytesSent, bytesReceived);
  }

  @Override
  public StreamManager getStreamManager() {
    return noStreams;
  }

  @Override
  public void channelActive(TransportClient client) {
    connectionOf(client);
  }

  @Override
  public void channelInactive(TransportClient client) {
    Long connection = connections.remove(client);
    if (connection != null) {
      try {
        handler.disconnected(connection);
      } catch (RuntimeException e) {
        log.warn("{}: the handler failed on the end of a connection", role, e);
      }
    }
  }

  @Override
  public void exceptionCaught(Throwable cause, TransportClient client) {
    log.debug("{}: connection failed", role, cause);
  }

  void disconnectAll() {
    for (TransportClient client : connections.keySet()) {
      client.close();
    }
  }

  private long connectionOf(TransportClient client) {
    return connections.computeIfAbsent(client, c -> numConnections.incrementAndGet());
  }

  private final class OnceReply implements Reply {
    private final RpcResponseCallback callback;
    private final long connection;
    private final AtomicBoolean answered = new AtomicBoolean();

    OnceReply(RpcResponseCallback callback, long connection) {
      this.callback = callback;
      this.connection = connection;
    }

    @Override
    public void success(ByteBuffer response) {
      Endpoint.checkBody(response);
      if (!answered.compareAndSet(false, true)) {
        throw answeredBefore();
      }
      bytesSent.add(response.remaining());
      callback.onSuccess(response);
    }

    @Override
    public void failure(String message) {
      if (!tryFail(message)) {
        throw answeredBefore();
      }
    }

    @Override
    public long connection() {
      return connection;
    }

    boolean tryFail(String message) {
      boolean first = answered.compareAndSet(false, true);
      if (first) {
        callback.onFailure(new HandlerFailure(message));
      }
      return first;
    }

    private IllegalStateException answeredBefore() {
      return new IllegalStateException(role + ": a request was answered twice");
    }
  }
}
