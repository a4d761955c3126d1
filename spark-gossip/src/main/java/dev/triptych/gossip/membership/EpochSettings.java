package dev.triptych.gossip.membership;

import dev.triptych.gossip.mixing.MixingSequence;

/**
 * What holds for all epochs of a run.
 *
 * @param mixing averaging weights of all nodes
 * @param mayFallApart whether to go on when the remaining nodes no longer reach each other
 * @param firstRound of the first epoch
 * @param endRound the round before which the last epoch ends
 * @param maxWaitNanos longest time between two epochs
 * @param silenceNanos after which a task that says nothing counts as lost
 * @param graceNanos how long a node's complaint waits for the news that its neighbour is lost
 */
public record EpochSettings(
    MixingSequence mixing,
    boolean mayFallApart,
    long firstRound,
    long endRound,
    long maxWaitNanos,
    long silenceNanos,
    long graceNanos) {
  public EpochSettings {
    if (firstRound < 0 || endRound <= firstRound) {
      throw new IllegalArgumentException("rounds [" + firstRound + ", " + endRound + ")");
    }
    if (maxWaitNanos <= 0 || silenceNanos <= 0 || graceNanos <= 0) {
      throw new IllegalArgumentException("waits must be positive");
    }
  }

  int numNodes() {
    return mixing.numNodes();
  }
}
