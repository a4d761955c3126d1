package dev.triptych.gossip.train;

/**
 * Why a task's nodes could not go on. A result and not an exception, because a node that Spark
 * starts anew cannot rejoin its neighbours: the run ends, and its driver says why. A plain class:
 * Spark's Kryo serializer cannot read records.
 */
final class NodeFailure implements SegmentPart {
  private static final long serialVersionUID = 1L;

  final String message;
  private final int firstNode;

  /**
   * @param firstNode of the task
   * @param message names the node that failed, and how
   */
  NodeFailure(int firstNode, String message) {
    this.firstNode = firstNode;
    this.message = message;
  }

  @Override
  public long key() {
    return Long.MIN_VALUE + firstNode;
  }
}
