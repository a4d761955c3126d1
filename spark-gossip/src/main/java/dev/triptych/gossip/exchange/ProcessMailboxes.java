package dev.triptych.gossip.exchange;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The mailboxes of all nodes in this process, by run and node, so that nodes of different tasks in
 * one executor hand over arrays without transport. Thread-safe.
 */
final class ProcessMailboxes {
  /** Those of this process. */
  static final ProcessMailboxes HERE = new ProcessMailboxes();

  private final ConcurrentHashMap<Place, NodeMailbox> mailboxes = new ConcurrentHashMap<>();

  /**
   * @throws IllegalStateException if that node is in this process already
   */
  void add(String runId, int node, NodeMailbox mailbox) {
    if (mailboxes.putIfAbsent(new Place(runId, node), mailbox) != null) {
      throw new IllegalStateException("run " + runId + ": node " + node + " is here already");
    }
  }

  void remove(String runId, int node, NodeMailbox mailbox) {
    mailboxes.remove(new Place(runId, node), mailbox);
  }

  /** The mailbox of a node of this process, else null. */
  @Nullable NodeMailbox find(String runId, int node) {
    return mailboxes.get(new Place(runId, node));
  }

  private record Place(String runId, int node) {}
}
