package dev.triptych.gossip.exchange;

import dev.triptych.gossip.message.Message;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Collects one message per sender and round. Messages of later rounds may come before the current
 * round is complete and are kept; duplicates and messages of past rounds are ignored and counted. A
 * pure state machine; its owner sees to it that one thread at a time uses it.
 */
public final class RoundInbox {
  /**
   * Rounds that a sender may be ahead without waiting. Neighbours that hear each other are never
   * more than one round apart.
   */
  public static final int MAX_AHEAD = 2;

  private final LongFunction<int[]> senders;
  private final Map<Long, Message[]> pending = new HashMap<>();
  private long round;
  private long numIgnored;

  /** The same senders in every round, see {@link #RoundInbox(LongFunction, long)}. */
  public RoundInbox(int[] senders, long firstRound) {
    this(round -> senders, firstRound);
  }

  /**
   * @param senders who sends one message in a round, ascending; always the same for a round
   * @param firstRound the round to be collected first
   */
  public RoundInbox(LongFunction<int[]> senders, long firstRound) {
    this.senders = senders;
    this.round = firstRound;
  }

  /** The round being collected. */
  public long round() {
    return round;
  }

  /**
   * Takes a message.
   *
   * @return false if it was ignored: its round is past, or that sender's message is already there
   * @throws IllegalArgumentException if {@code sender} is none of the senders
   */
  public boolean offer(int sender, long messageRound, Message message) {
    int[] expected = senders.apply(messageRound);
    int position = Arrays.binarySearch(expected, sender);
    if (position < 0) {
      throw new IllegalArgumentException(
          "node " + sender + " is not among the expected senders " + Arrays.toString(expected));
    }
    if (messageRound < round) {
      numIgnored++;
      return false;
    }
    Message[] slots = pending.computeIfAbsent(messageRound, key -> new Message[expected.length]);
    if (slots[position] != null) {
      numIgnored++;
      return false;
    }
    slots[position] = message;
    return true;
  }

  /**
   * Whether a message of this round leaves the node at most {@link #MAX_AHEAD} rounds of messages
   * to keep; else its sender has to wait.
   */
  public boolean isNear(long messageRound) {
    return messageRound - round <= MAX_AHEAD;
  }

  /** Whether every sender's message of the current round is there. */
  public boolean isComplete() {
    Message[] slots = pending.get(round);
    if (slots == null) {
      return senders.apply(round).length == 0;
    }
    for (Message slot : slots) {
      if (slot == null) {
        return false;
      }
    }
    return true;
  }

  /** The senders whose message of the current round has not come, ascending. */
  public int[] missing() {
    Message @Nullable [] slots = pending.get(round);
    int[] expected = senders.apply(round);
    return slots == null
        ? expected.clone()
        : Arrays.stream(expected)
            .filter(sender -> slots[Arrays.binarySearch(expected, sender)] == null)
            .toArray();
  }

  /**
   * The current round's messages in the order of the senders; moves on to the next round.
   *
   * @throws IllegalStateException if some are missing
   */
  public Message[] take() {
    if (!isComplete()) {
      throw new IllegalStateException(
          "round " + round + " still misses nodes " + Arrays.toString(missing()));
    }
    Message[] messages = pending.remove(round);
    round++;
    return messages == null ? new Message[0] : messages;
  }

  /** Duplicates and late messages so far. */
  public long numIgnored() {
    return numIgnored;
  }
}
