package dev.triptych.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What the loopback can do at most: the same numbers of bytes through plain blocking sockets, by
 * threads that do nothing else and look at nothing. The server answers a request of a bytes with b
 * bytes, as the header of the connection says.
 */
final class RawLoopback {
  private static final int CHUNK = 256 << 10;

  private RawLoopback() {}

  /** Serves until the process ends; returns the port. */
  static int serve() throws IOException {
    ServerSocketChannel listener =
        ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
    start(
        () -> {
          while (true) {
            SocketChannel client = listener.accept();
            start(() -> answerAll(client));
          }
        });
    return ((InetSocketAddress) listener.getLocalAddress()).getPort();
  }

  private static void start(Callable<?> work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.call();
              } catch (Exception e) {
                // The client has gone.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private static Void answerAll(SocketChannel client) throws IOException {
    client.setOption(StandardSocketOptions.TCP_NODELAY, true);
    ByteBuffer header = ByteBuffer.allocate(16);
    read(client, header);
    long requestBytes = header.getLong(0);
    long answerBytes = header.getLong(8);
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
    while (true) {
      readBytes(client, chunk, requestBytes);
      writeBytes(client, chunk, answerBytes);
    }
  }

  /**
   * Nanoseconds per request over all clients, each with a connection and a thread of its own.
   *
   * @param inFlight requests that a client writes before it reads the first answer
   */
  static double nanosPerRequest(
      int port, int numClients, int inFlight, long requestBytes, long answerBytes, long nanos)
      throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(numClients);
    try {
      List<Future<Long>> futures = new ArrayList<>();
      long start = System.nanoTime();
      for (int client = 0; client < numClients; client++) {
        futures.add(
            threads.submit(() -> requests(port, inFlight, requestBytes, answerBytes, nanos)));
      }
      long requests = 0;
      for (Future<Long> future : futures) {
        requests += future.get();
      }
      return (double) (System.nanoTime() - start) / requests;
    } finally {
      threads.shutdown();
    }
  }

  private static long requests(
      int port, int inFlight, long requestBytes, long answerBytes, long nanos) throws IOException {
    try (SocketChannel server = SocketChannel.open(new InetSocketAddress("127.0.0.1", port))) {
      server.setOption(StandardSocketOptions.TCP_NODELAY, true);
      ByteBuffer header = ByteBuffer.allocate(16);
      header.putLong(requestBytes).putLong(answerBytes).flip();
      server.write(header);
      ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
      // More in flight than the sockets buffer would block both sides for ever.
      int window = Math.max(requestBytes, answerBytes) * inFlight < CHUNK ? inFlight : 1;
      long deadline = System.nanoTime() + nanos;
      long requests = 0;
      while (System.nanoTime() < deadline) {
        for (int k = 0; k < window; k++) {
          writeBytes(server, chunk, requestBytes);
        }
        for (int k = 0; k < window; k++) {
          readBytes(server, chunk, answerBytes);
        }
        requests += window;
      }
      return requests;
    }
  }

  private static void writeBytes(SocketChannel channel, ByteBuffer chunk, long bytes)
      throws IOException {
    for (long left = bytes; left > 0; ) {
      chunk.clear().limit((int) Math.min(CHUNK, left));
      left -= channel.write(chunk);
    }
  }

  private static void readBytes(SocketChannel channel, ByteBuffer chunk, long bytes)
      throws IOException {
    for (long left = bytes; left > 0; ) {
      chunk.clear().limit((int) Math.min(CHUNK, left));
      int read = channel.read(chunk);
      if (read < 0) {
        throw new EOFException();
      }
      left -= read;
    }
  }

  private static void read(SocketChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException();
      }
    }
  }
}
