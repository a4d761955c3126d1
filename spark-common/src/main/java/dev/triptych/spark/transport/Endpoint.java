package dev.triptych.spark.transport;

import io.netty.channel.epoll.Epoll;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.apache.spark.SecurityManager;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.network.TransportContext;
import org.apache.spark.network.client.TransportClientBootstrap;
import org.apache.spark.network.client.TransportClientFactory;
import org.apache.spark.network.crypto.AuthClientBootstrap;
import org.apache.spark.network.crypto.AuthServerBootstrap;
import org.apache.spark.network.netty.SparkTransportConf;
import org.apache.spark.network.server.NoOpRpcHandler;
import org.apache.spark.network.server.TransportServer;
import org.apache.spark.network.server.TransportServerBootstrap;
import org.apache.spark.network.util.TransportConf;
import org.apache.spark.storage.BlockManagerId;
import org.jspecify.annotations.Nullable;
import scala.Option;

/**
 * A process's place on the network: a server on a port of its own and connections to peers, over
 * Spark's {@code spark-network-common} with the security that Spark is configured for ({@code
 * spark.authenticate}, {@code spark.network.crypto.*}, {@code spark.ssl.rpc.*}). Tuned by {@code
 * spark.triptych.io.*}, named as Spark names {@code spark.shuffle.io.*}.
 *
 * <p>Thread-safe. Futures complete on event loops and timer threads, so what depends on them must
 * not block.
 */
public final class Endpoint implements AutoCloseable {
  /** Largest request or response, in bytes. */
  public static final int MAX_BODY_BYTES = 1 << 30;

  private static final String MODULE = "triptych";
  private static final long TIMEOUT_CHECK_MILLIS = 20;

  // One look at all calls now and then costs less than a timer for each, which would wake a thread.
  private static final ScheduledThreadPoolExecutor TIMEOUTS = timeouts();

  private final String role;
  private final Address address;
  private final RequestServer requests;
  private final TransportContext serverContext;
  private final TransportServer server;
  private final TransportContext clientContext;
  private final TransportClientFactory clients;
  private final ExecutorService connector;
  private final ConcurrentHashMap<Address, PeerConnection> peers = new ConcurrentHashMap<>();
  private final Set<Call<?>> outstanding = ConcurrentHashMap.newKeySet();
  private final Future<?> timeouts;
  private final LongAdder bytesSent;
  private final LongAdder bytesReceived;
  private volatile boolean closed;

  private Endpoint(
      String role,
      int threads,
      RequestHandler handler,
      SparkConf conf,
      SecurityManager security,
      String advertisedHost,
      String bindHost,
      int port) {
    this.role = role;
    this.bytesSent = new LongAdder();
    this.bytesReceived = new LongAdder();
    TransportConf transport =
        SparkTransportConf.fromSparkConf(
            withDefaults(conf),
            MODULE,
            threads,
            Option.apply("executor"),
            Option.apply(security.getRpcSSLOptions()));
    boolean authenticate = security.isAuthenticationEnabled();
    List<TransportServerBootstrap> serverSide =
        authenticate ? List.of(new AuthServerBootstrap(transport, security)) : List.of();
    List<TransportClientBootstrap> clientSide =
        authenticate
            ? List.of(new AuthClientBootstrap(transport, security.getSaslUser(), security))
            : List.of();
    this.requests = new RequestServer(role, handler, bytesSent, bytesReceived);
    this.serverContext = new TransportContext(transport, requests);
    this.server = serverContext.createServer(bindHost, port, serverSide);
    this.address = new Address(advertisedHost, server.getPort());
    // Peers answer on the connections that we make, they do not ask: hence no handler there.
    this.clientContext = new TransportContext(transport, new NoOpRpcHandler());
    this.clients = clientContext.createClientFactory(clientSide);
    this.connector =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "triptych-connect");
              thread.setDaemon(true);
              return thread;
            });
    this.timeouts =
        TIMEOUTS.scheduleWithFixedDelay(
            this::expireOverdue, TIMEOUT_CHECK_MILLIS, TIMEOUT_CHECK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * Opens an endpoint inside a running Spark driver or executor, on a free port of the host that
   * Spark itself uses there.
   *
   * @param role what this endpoint is for; names it in messages
   * @param threads event loops for the server and as many for the connections
   * @throws IllegalStateException if Spark does not run in this process
   */
  public static Endpoint open(String role, int threads, RequestHandler handler) {
    SparkEnv env = SparkEnv.get();
    BlockManagerId self = env == null ? null : env.blockManager().blockManagerId();
    if (env == null || self == null) {
      throw new IllegalStateException(role + ": Spark does not run in this process, or not yet");
    }
    SparkConf conf = env.conf();
    String host = self.host();
    boolean driver = env.executorId().equals("driver");
    String bindHost = driver ? conf.get("spark.driver.bindAddress", host) : host;
    return new Endpoint(role, threads, handler, conf, env.securityManager(), host, bindHost, 0);
  }

  /**
   * Opens an endpoint outside Spark.
   *
   * @param role what this endpoint is for; names it in messages
   * @param threads event loops for the server and as many for the connections
   * @param conf Spark's settings; with {@code spark.authenticate} also {@code
   *     spark.authenticate.secret}
   * @param host where to listen, and what peers are told
   * @param port where to listen, 0 for any free one
   */
  public static Endpoint open(
      String role, int threads, RequestHandler handler, SparkConf conf, String host, int port) {
    SecurityManager security =
        new SecurityManager(conf, Option.empty(), SecurityManager.$lessinit$greater$default$3());
    return new Endpoint(role, threads, handler, conf, security, host, host, port);
  }

  /** Where peers reach this endpoint. */
  public Address address() {
    return address;
  }

  /**
   * Sends a request and returns the future response, without blocking. Many calls may be under way.
   * The requests that one thread (not an event loop) sends to one peer arrive in order.
   *
   * @param request the bytes between position and limit; position and limit stay. Not copied: the
   *     content must not change before the future is done
   * @param timeout bound for all of it, connecting included; looked at every 20 ms
   * @return the response, a big-endian heap buffer of the caller's own, or fails with {@link
   *     RemoteFailureException}, {@link ConnectionLostException} or {@link CallTimeoutException}
   * @throws IllegalArgumentException if the request is larger than {@link #MAX_BODY_BYTES}
   */
  public CompletableFuture<ByteBuffer> call(Address peer, ByteBuffer request, Duration timeout) {
    return call(peer, "a request of " + request.remaining() + " bytes", request, timeout);
  }

  /**
   * Like {@link #call(Address, ByteBuffer, Duration)}.
   *
   * @param what names the request in the message of a timeout, such as {@code "pull of shard 3"}
   */
  public CompletableFuture<ByteBuffer> call(
      Address peer, String what, ByteBuffer request, Duration timeout) {
    return call(peer, what, request, timeout, Endpoint::copyOf);
  }

  /**
   * Like {@link #call(Address, String, ByteBuffer, Duration)}, without a copy of the response.
   *
   * @param reader makes the result from the response, a big-endian buffer that is valid until it
   *     returns; runs on an event loop and must not block; what it throws fails the call
   */
  public <T> CompletableFuture<T> call(
      Address peer,
      String what,
      ByteBuffer request,
      Duration timeout,
      Function<ByteBuffer, T> reader) {
    checkBody(request);
    return send(
        peer, new Call<>(peer, what, request, null, timeout, reader, bytesSent, bytesReceived));
  }

  /**
   * Sends a header and a body, without blocking; the peer's {@link RequestHandler#upload} takes
   * them. The body is read from its source when the socket takes it, and the peer's sink reads it
   * as it arrives, so that neither side ever holds all of it as bytes (with TLS the sender does).
   * Uploads and calls of one thread (not an event loop) to one peer arrive in order.
   *
   * @param what names the upload in the message of a timeout
   * @param header small; its content must not change before the future is done
   * @return done when the peer has taken all, or fails like a call. After a timeout the body may
   *     still be read
   */
  public CompletableFuture<@Nullable Void> upload(
      Address peer, String what, ByteBuffer header, UploadSource body, Duration timeout) {
    checkBody(header);
    return send(
        peer,
        new Call<>(
            peer,
            what,
            header,
            body,
            timeout,
            answer -> IncomingUpload.readAnswer(peer, answer),
            bytesSent,
            bytesReceived));
  }

  private <T extends @Nullable Object> CompletableFuture<T> send(Address peer, Call<T> call) {
    CompletableFuture<T> future = call.future();
    outstanding.add(call);
    CompletableFuture<T> unused =
        future.whenComplete(
            (response, failure) -> {
              outstanding.remove(call);
              if (failure != null) {
                call.forget();
              }
            });
    peers
        .computeIfAbsent(peer, address -> new PeerConnection(address, clients, connector))
        .send(call);
    if (closed) {
      call.lost("this endpoint is closed", null);
    }
    return future;
  }

  private void expireOverdue() {
    long now = System.nanoTime();
    for (Call<?> call : outstanding) {
      call.expireIfDue(now, role);
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

  private static ByteBuffer copyOf(ByteBuffer response) {
    return ByteBuffer.allocate(response.remaining()).put(response).flip();
  }

  /** Bytes of request and response bodies sent so far, without framing and encryption. */
  public long bytesSent() {
    return bytesSent.sum();
  }

  /** Bytes of request and response bodies received so far, without framing and encryption. */
  public long bytesReceived() {
    return bytesReceived.sum();
  }

  /**
   * Fails what is outstanding and closes all connections, those of peers too. Not on an event loop.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    timeouts.cancel(false);
    connector.shutdownNow();
    for (PeerConnection peer : peers.values()) {
      peer.close();
    }
    for (Call<?> call : outstanding) {
      call.lost("this endpoint is closed", null);
    }
    server.close();
    requests.disconnectAll();
    clients.close();
    clientContext.close();
    serverContext.close();
  }

  @Override
  public String toString() {
    return role + " at " + address;
  }

  static void checkBody(ByteBuffer body) {
    if (body.remaining() > MAX_BODY_BYTES) {
      throw new IllegalArgumentException(
          "a message body has at most " + MAX_BODY_BYTES + " bytes, this one " + body.remaining());
    }
  }

  private static SparkConf withDefaults(SparkConf conf) {
    return conf.clone()
        // Else a client without AES is accepted.
        .set("spark.network.crypto.saslFallback", "false")
        // Spark cuts connections that are quiet while a reply is owed; here replies may be parked,
        // and every call has a bound of its own.
        .setIfMissing("spark." + MODULE + ".io.connectionTimeout", "1d")
        .setIfMissing("spark." + MODULE + ".io.connectionCreationTimeout", "30s")
        // Netty's own system calls: less code and fewer of them for each message.
        .setIfMissing("spark." + MODULE + ".io.mode", Epoll.isAvailable() ? "EPOLL" : "NIO")
        .setIfMissing("spark." + MODULE + ".io.enableTcpKeepAlive", "true");
  }
}
