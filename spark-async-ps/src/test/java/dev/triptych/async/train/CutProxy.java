package dev.triptych.async.train;

import dev.triptych.spark.transport.Address;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A TCP proxy that cuts all its connections, in the middle of a frame or not, whenever another so
 * many bytes have gone through, and lets them be made again.
 */
final class CutProxy implements AutoCloseable {
  private final Address target;
  private final long bytesBetweenCuts;
  private final int maxCuts;
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicLong numBytes = new AtomicLong();
  private final AtomicInteger numCuts = new AtomicInteger();

  CutProxy(Address target, long bytesBetweenCuts, int maxCuts) {
    this.target = target;
    this.bytesBetweenCuts = bytesBetweenCuts;
    this.maxCuts = maxCuts;
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start(this::accept);
  }

  Address address() {
    return new Address("127.0.0.1", listener.getLocalPort());
  }

  int numCuts() {
    return numCuts.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket near = listener.accept();
        Socket far = new Socket(target.host(), target.port());
        sockets.add(near);
        sockets.add(far);
        start(() -> pump(near, far));
        start(() -> pump(far, near));
      }
    } catch (IOException e) {
      cut();
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[4096];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        long before = numBytes.getAndAdd(n);
        if ((before + n) / bytesBetweenCuts > before / bytesBetweenCuts
            && numCuts.get() < maxCuts) {
          numCuts.incrementAndGet();
          out.write(buffer, 0, n / 2);
          cut();
          return;
        }
        out.write(buffer, 0, n);
      }
    } catch (IOException e) {
      // one side is gone, so goes the other
    } finally {
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  private void cut() {
    for (Socket socket : sockets) {
      try {
        socket.close();
      } catch (IOException e) {
        // closed is what we want
      }
    }
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "cut-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cut();
  }
}
