package dev.triptych.gossip.train;

/** One node's weights after a round. A plain class: Spark's Kryo serializer cannot read records. */
final class NodeSnapshot implements SegmentPart {
  private static final long serialVersionUID = 1L;

  final int node;
  // Rounds done by all; without rounds, the number of the snapshot's occasion.
  final long round;
  // Gradient steps done by this node.
  final long steps;
  // Since all nodes of the segment were ready.
  final double seconds;
  // Payload sent by this node in this segment so far.
  final long bytesSent;
  final double[] weights;

  NodeSnapshot(int node, long round, double seconds, long bytesSent, double[] weights) {
    this(node, round, round, seconds, bytesSent, weights);
  }

  NodeSnapshot(int node, long round, long steps, double seconds, long bytesSent, double[] weights) {
    this.node = node;
    this.round = round;
    this.steps = steps;
    this.seconds = seconds;
    this.bytesSent = bytesSent;
    this.weights = weights;
  }

  @Override
  public long key() {
    return round;
  }
}
