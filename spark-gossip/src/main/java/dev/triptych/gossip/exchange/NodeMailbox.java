package dev.triptych.gossip.exchange;

import dev.triptych.gossip.message.Message;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One node's {@link RoundInbox} between the threads that bring messages and the one that waits for
 * them. Thread-safe; one thread receives.
 */
final class NodeMailbox {
  private final String runId;
  private final int node;
  // Guarded by this.
  private final RoundInbox inbox;
  private @Nullable Long stoppedAt;
  private boolean halted;

  NodeMailbox(String runId, int node, RoundInbox inbox) {
    this.runId = runId;
    this.node = node;
    this.inbox = inbox;
  }

  /** Brings a message. */
  synchronized void deliver(int sender, long round, Message message) {
    inbox.offer(sender, round, message);
    if (inbox.isComplete()) {
      notifyAll();
    }
  }

  /** Brings the news that some node saw divergence at an update; the smallest one counts. */
  synchronized void stop(long divergedAt) {
    if (stoppedAt == null || divergedAt < stoppedAt) {
      stoppedAt = divergedAt;
    }
    notifyAll();
  }

  /** The node's wait ends, and so do all later ones. */
  synchronized void halt() {
    halted = true;
    notifyAll();
  }

  synchronized long numIgnored() {
    return inbox.numIgnored();
  }

  synchronized @Nullable Long stoppedAt() {
    return stoppedAt;
  }

  /**
   * Waits for the current round's messages.
   *
   * @return in the order of the senders, or null if the run stops or this is halted
   * @throws RoundTimeoutException if they do not all come within {@code maxWait}
   */
  synchronized Message @Nullable [] receive(Duration maxWait) throws InterruptedException {
    long deadline = System.nanoTime() + maxWait.toNanos();
    while (true) {
      if (stoppedAt != null || halted) {
        return null;
      }
      if (inbox.isComplete()) {
        return inbox.take();
      }
      long leftNanos = deadline - System.nanoTime();
      if (leftNanos <= 0) {
        throw new RoundTimeoutException(
            String.format(
                "run %s: node %d waited %d ms in round %d for its neighbours %s",
                runId, node, maxWait.toMillis(), inbox.round(), Arrays.toString(inbox.missing())),
            inbox.round(),
            inbox.missing());
      }
      wait(leftNanos / 1_000_000, (int) (leftNanos % 1_000_000));
    }
  }
}
