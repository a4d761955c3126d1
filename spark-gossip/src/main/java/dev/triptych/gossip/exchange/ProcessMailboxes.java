package dev.triptych.gossip.exchange;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The mailboxes of all nodes in this process, by run and node, so that nodes of different tasks in
 * one executor hand over arrays without transport. Thread-safe.
 */
final class ProcessMailboxes {
  private static final ConcurrentHashMap<Place, NodeMailbox> MAILBOXES = new ConcurrentHashMap<>();

  private ProcessMailboxes() {}

  /**
   * @throws IllegalStateException if that node is in this process already
   */
  static void add(String runId, int node, NodeMailbox mailbox) {
    if (MAILBOXES.putIfAbsent(new Place(runId, node), mailbox) != null) {
      throw new IllegalStateException("run " + runId + ": node " + node + " is here already");
    }
  }

  static void remove(String runId, int node, NodeMailbox mailbox) {
    MAILBOXES.remove(new Place(runId, node), mailbox);
  }

  /** The mailbox of a node of this process, else null. */
  static @Nullable NodeMailbox find(String runId, int node) {
    return MAILBOXES.get(new Place(runId, node));
  }

  private record Place(String runId, int node) {}
}
