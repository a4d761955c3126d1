package dev.triptych.gossip.exchange;

import dev.triptych.gossip.message.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
  private final List<TooEarly> tooEarly = new ArrayList<>();
  private @Nullable Long stoppedAt;
  private boolean halted;

  NodeMailbox(String runId, int node, RoundInbox inbox) {
    this.runId = runId;
    this.node = node;
    this.inbox = inbox;
  }

  /**
   * Brings a message.
   *
   * @param accepted called once the message's round is near enough for the sender to go on, at once
   *     or by the thread that brings the node on; must not block
   */
  void deliver(int sender, long round, Message message, Runnable accepted) {
    synchronized (this) {
      inbox.offer(sender, round, message);
      if (inbox.isComplete()) {
        notifyAll();
      }
    }
    whenNear(round, accepted);
  }

  /** Calls {@code accepted} once a round is near, like {@link #deliver}. */
  void whenNear(long round, Runnable accepted) {
    synchronized (this) {
      if (!inbox.isNear(round) && !isOver()) {
        tooEarly.add(new TooEarly(round, accepted));
        return;
      }
    }
    accepted.run();
  }

  /** Brings the news that some node saw divergence at an update; the smallest one counts. */
  void stop(long divergedAt) {
    synchronized (this) {
      if (stoppedAt == null || divergedAt < stoppedAt) {
        stoppedAt = divergedAt;
      }
      notifyAll();
    }
    acceptThoseNear();
  }

  /** The node's wait ends, and so do all later ones; nobody has to wait for it any more. */
  void halt() {
    synchronized (this) {
      halted = true;
      notifyAll();
    }
    acceptThoseNear();
  }

  private boolean isOver() {
    return halted || stoppedAt != null;
  }

  private void acceptThoseNear() {
    List<Runnable> accepted = new ArrayList<>(0);
    synchronized (this) {
      if (tooEarly.isEmpty()) {
        return;
      }
      tooEarly.removeIf(
          message -> {
            boolean near = inbox.isNear(message.round()) || isOver();
            if (near) {
              accepted.add(message.accepted());
            }
            return near;
          });
    }
    accepted.forEach(Runnable::run);
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
  Message @Nullable [] receive(Duration maxWait) throws InterruptedException {
    Message[] messages = await(maxWait);
    if (messages != null) {
      acceptThoseNear();
    }
    return messages;
  }

  private synchronized Message @Nullable [] await(Duration maxWait) throws InterruptedException {
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

  /** A message that has come, but whose sender has to wait. */
  private record TooEarly(long round, Runnable accepted) {}
}
