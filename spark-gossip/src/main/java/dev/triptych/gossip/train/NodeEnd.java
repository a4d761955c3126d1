package dev.triptych.gossip.train;

import dev.triptych.core.timeline.SpanRecorder;
import dev.triptych.gossip.algorithm.NodeState;
import org.jspecify.annotations.Nullable;

/** What one node did in a segment. A plain class: Spark's Kryo serializer cannot read records. */
final class NodeEnd implements SegmentPart {
  private static final long serialVersionUID = 1L;

  static final long NEVER = Long.MAX_VALUE;

  final int node;
  // The round from which on its weights belong to the run; NEVER if it did not take part.
  final long since;
  final long batches;
  final double seconds;
  final double computeSeconds;
  final double waitSeconds;
  final long bytesSent;
  final long bytesReceived;
  // The update at which divergence was seen, if it was.
  final @Nullable Long divergedAt;
  // Ended; its time 0 is when the node began.
  final SpanRecorder recorder;
  // Only if asked for, and if the node took part.
  final @Nullable NodeState state;

  NodeEnd(
      int node,
      long since,
      long batches,
      double seconds,
      double computeSeconds,
      double waitSeconds,
      long bytesSent,
      long bytesReceived,
      @Nullable Long divergedAt,
      SpanRecorder recorder,
      @Nullable NodeState state) {
    this.node = node;
    this.since = since;
    this.batches = batches;
    this.seconds = seconds;
    this.computeSeconds = computeSeconds;
    this.waitSeconds = waitSeconds;
    this.bytesSent = bytesSent;
    this.bytesReceived = bytesReceived;
    this.divergedAt = divergedAt;
    this.recorder = recorder;
    this.state = state;
  }

  @Override
  public long key() {
    return -1L - node;
  }
}
