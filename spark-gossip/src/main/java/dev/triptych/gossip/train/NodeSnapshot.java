package dev.triptych.gossip.train;

/** One node's weights after a round. A plain class: Spark's Kryo serializer cannot read records. */
final class NodeSnapshot implements SegmentPart {
  private static final long serialVersionUID = 1L;

  final int node;
  // Rounds done.
  final long round;
  // Since all nodes of the segment were ready.
  final double seconds;
  // Payload sent by this node in this segment so far.
  final long bytesSent;
  final double[] weights;

  NodeSnapshot(int node, long round, double seconds, long bytesSent, double[] weights) {
    this.node = node;
    this.round = round;
    this.seconds = seconds;
    this.bytesSent = bytesSent;
    this.weights = weights;
  }

  @Override
  public long key() {
    return round;
  }
}
