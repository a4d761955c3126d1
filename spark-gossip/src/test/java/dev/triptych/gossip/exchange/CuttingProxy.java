package dev.triptych.gossip.exchange;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Passes bytes on to a port of this machine, but cuts the first connections as soon as the server
 * answers, so that the first answers are lost.
 */
final class CuttingProxy implements AutoCloseable {
  private final int target;
  private final int numCuts;
  private final ServerSocket listener;
  private final ConcurrentLinkedQueue<Socket> sockets = new ConcurrentLinkedQueue<>();
  private final AtomicInteger numConnections = new AtomicInteger();

  /** Cuts the first connection. */
  CuttingProxy(int target) throws IOException {
    this(target, 1);
  }

  CuttingProxy(int target, int numCuts) throws IOException {
    this.target = target;
    this.numCuts = numCuts;
    this.listener = new ServerSocket(0, 16, InetAddress.getByName("127.0.0.1"));
    start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  int numConnections() {
    return numConnections.get();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = listener.accept();
      Socket server = new Socket("127.0.0.1", target);
      sockets.add(client);
      sockets.add(server);
      boolean cut = numConnections.incrementAndGet() <= numCuts;
      start(() -> pass(client, server, false));
      start(() -> pass(server, client, cut));
    }
  }

  private static void pass(Socket from, Socket to, boolean cut) throws IOException {
    byte[] buffer = new byte[8192];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int length = in.read(buffer); length >= 0 && !cut; length = in.read(buffer)) {
        out.write(buffer, 0, length);
      }
    }
  }

  private static void start(Pump pump) {
    Thread thread =
        new Thread(
            () -> {
              try {
                pump.run();
              } catch (IOException e) {
                // One side has closed; so has the connection.
              }
            },
            "cutting-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @FunctionalInterface
  private interface Pump {
    void run() throws IOException;
  }
}
