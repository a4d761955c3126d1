package dev.triptych.gossip.train;

import java.io.Serializable;

/**
 * One element of a segment's results on its way through Spark's shuffle: {@link NodeSnapshot}s go
 * in and {@link RoundMean}s come out, {@link NodeEnd}s and {@link NodeFailure}s pass.
 */
interface SegmentPart extends Serializable {
  /** Parts with the same key meet. */
  long key();
}
