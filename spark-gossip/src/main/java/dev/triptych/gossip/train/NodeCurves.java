package dev.triptych.gossip.train;

import java.io.Serializable;

/**
 * The rounds at which every node's own objective is evaluated: fewer than those of the mean, since
 * each takes N evaluations; none where N weight vectors are too many to bring to the driver.
 *
 * @param interval rounds from one to the next, 0 for none
 * @param last one more round, or −1
 */
record NodeCurves(long interval, long last) implements Serializable {
  private static final int POINTS = 16;
  private static final long MAX_BYTES = 64L << 20;

  /**
   * @param snapshotInterval rounds between two snapshots of the mean
   * @param snapshots how many of those there are
   * @param last the run's last round, or −1 if it does not end here
   * @param numValues N · numParameters
   */
  static NodeCurves of(long snapshotInterval, int snapshots, long last, long numValues) {
    if (numValues * Double.BYTES * POINTS > MAX_BYTES) {
      return new NodeCurves(0, -1);
    }
    return new NodeCurves(snapshotInterval * Math.max(1, snapshots / POINTS), last);
  }

  boolean hasRound(long round) {
    return interval > 0 && (round % interval == 0 || round == last);
  }
}
