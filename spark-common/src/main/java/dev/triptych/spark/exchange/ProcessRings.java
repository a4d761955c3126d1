package dev.triptych.spark.exchange;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The nodes in this process, by run, so that nodes of different tasks in one executor read each
 * other's arrays. Thread-safe.
 */
final class ProcessRings {
  /** Those of this process. */
  static final ProcessRings HERE = new ProcessRings();

  private final ConcurrentHashMap<String, Ring> rings = new ConcurrentHashMap<>();

  /**
   * Adds a node to its run.
   *
   * @throws IllegalStateException if that node is in this process already
   */
  Ring add(String runId, RingNode node) {
    return rings.compute(
        runId,
        (id, existing) -> {
          Ring ring = existing == null ? new Ring() : existing;
          if (ring.nodes.putIfAbsent(node.node, node) != null) {
            throw new IllegalStateException(
                "run " + runId + ": node " + node.node + " is here already");
          }
          return ring;
        });
  }

  void remove(String runId, RingNode node) {
    rings.computeIfPresent(
        runId,
        (id, ring) -> {
          ring.nodes.remove(node.node, node);
          return ring.nodes.isEmpty() ? null : ring;
        });
  }

  /** A run's nodes in this process, and the pieces that any of their threads may work on. */
  static final class Ring {
    private final ConcurrentHashMap<Integer, RingNode> nodes = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Piece> ready = new ConcurrentLinkedQueue<>();

    private volatile @Nullable Throwable failure;

    /** Nothing can be added up any more. */
    void fail(Throwable reason) {
      failure = reason;
      for (RingNode node : nodes.values()) {
        Turn turn = node.currentTurn();
        if (turn != null) {
          turn.wake();
        }
      }
    }

    /** Why nothing can be added up any more, or null. */
    @Nullable Throwable failure() {
      return failure;
    }

    /** The node, if it is in this process. */
    @Nullable RingNode find(int node) {
      return nodes.get(node);
    }

    /** Leaves pieces to whoever waits. */
    void offer(Iterable<Piece> pieces) {
      pieces.forEach(ready::add);
      for (RingNode node : nodes.values()) {
        Turn turn = node.currentTurn();
        if (turn != null) {
          turn.wake();
        }
      }
    }

    /** A piece to work on, or null. */
    @Nullable Piece poll() {
      return ready.poll();
    }
  }
}
