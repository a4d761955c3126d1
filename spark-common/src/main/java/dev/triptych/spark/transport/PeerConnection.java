package dev.triptych.spark.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.client.TransportClientFactory;
import org.jspecify.annotations.Nullable;

/**
 * The one connection to a peer, made at the first call and again at the first call after it was
 * lost. Calls that come while it is being made wait in order. Thread-safe; never blocks a caller.
 */
final class PeerConnection {
  private static final String CLOSED = "this endpoint is closed";

  private final Address peer;
  private final TransportClientFactory clients;
  private final Executor connector;

  // Written under the lock.
  private volatile @Nullable TransportClient client;
  // Read and written under the lock. "waiting" is there while a connection is being made.
  private @Nullable List<Call<?>> waiting;
  private boolean closed;

  PeerConnection(Address peer, TransportClientFactory clients, Executor connector) {
    this.peer = peer;
    this.clients = clients;
    this.connector = connector;
  }

  void send(Call<?> call) {
    TransportClient connected = client;
    if (connected == null || !connected.isActive()) {
      connected = connectedOrQueue(call);
    }
    // Outside the lock: a failing write completes futures, and their dependents may call us.
    if (connected != null) {
      call.transmit(connected);
    }
  }

  /** The live connection, or null if the call has to wait for one (or has failed for good). */
  private @Nullable TransportClient connectedOrQueue(Call<?> call) {
    boolean open;
    synchronized (this) {
      TransportClient connected = client;
      if (connected != null && connected.isActive()) {
        return connected;
      }
      if (waiting != null) {
        waiting.add(call);
        return null;
      }
      open = !closed;
      if (open) {
        client = null;
        waiting = new ArrayList<>(List.of(call));
      }
    }
    if (!open) {
      call.lost(CLOSED, null);
      return null;
    }
    try {
      connector.execute(this::connect);
    } catch (RejectedExecutionException e) {
      failAll(takeWaiting(), CLOSED, e);
    }
    return null;
  }

  private void connect() {
    TransportClient connected;
    try {
      connected = clients.createUnmanagedClient(peer.host(), peer.port());
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      String reason = HandlerFailure.read(String.valueOf(e.getMessage()));
      failAll(takeWaiting(), "cannot connect to " + peer + ": " + reason, e);
      return;
    }
    for (List<Call<?>> batch = nextBatch(connected);
        !batch.isEmpty();
        batch = nextBatch(connected)) {
      for (Call<?> call : batch) {
        call.transmit(connected);
      }
    }
  }

  /** The calls that queued meanwhile; when there are none, callers use the connection directly. */
  private List<Call<?>> nextBatch(TransportClient connected) {
    synchronized (this) {
      List<Call<?>> batch = waiting;
      if (batch != null && !batch.isEmpty()) {
        waiting = new ArrayList<>();
        return batch;
      }
      waiting = null;
      if (!closed) {
        client = connected;
        return List.of();
      }
    }
    connected.close();
    return List.of();
  }

  void close() {
    TransportClient connected;
    synchronized (this) {
      closed = true;
      connected = client;
      client = null;
    }
    failAll(takeWaiting(), CLOSED, null);
    if (connected != null) {
      connected.close();
    }
  }

  private synchronized List<Call<?>> takeWaiting() {
    List<Call<?>> calls = waiting == null ? List.of() : waiting;
    waiting = null;
    return calls;
  }

  private static void failAll(List<Call<?>> calls, String reason, @Nullable Throwable cause) {
    for (Call<?> call : calls) {
      call.lost(reason, cause);
    }
  }
}
