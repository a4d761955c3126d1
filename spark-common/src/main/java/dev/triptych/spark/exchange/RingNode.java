package dev.triptych.spark.exchange;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One node between its all-reduces. Pieces that come before the node has begun wait here: at most
 * one vector, because the others cannot finish without this node. Thread-safe.
 */
final class RingNode {
  final RingAllReduce host;
  final int node;
  // Written under the lock.
  private volatile @Nullable Turn turn;
  // Guarded by this.
  private List<Piece> early = new ArrayList<>();
  private long sequence;

  RingNode(RingAllReduce host, int node) {
    this.host = host;
    this.node = node;
  }

  /** Begins the node's next all-reduce; {@code ready} gets the pieces that have waited for it. */
  synchronized Turn begin(
      RingPlan plan, Vector vector, @Nullable Completion completion, List<Piece> ready) {
    if (turn != null) {
      throw new IllegalStateException(
          host + ": node " + node + " is in an all-reduce already, or one has failed");
    }
    Turn begun = new Turn(node, sequence, plan, vector, completion);
    turn = begun;
    ready.addAll(early);
    early = new ArrayList<>();
    return begun;
  }

  /** The node is done with it; what failed stays. */
  synchronized void end() {
    turn = null;
    sequence++;
  }

  /** The node's part of an all-reduce, or null if it is not in it. */
  @Nullable Turn turn(long wanted) {
    Turn current = turn;
    return current != null && current.sequence == wanted ? current : null;
  }

  /** Whatever the node is in, or null. */
  @Nullable Turn currentTurn() {
    return turn;
  }

  /**
   * The node's part of a piece's all-reduce, or null if it has not begun: then the piece waits.
   *
   * @throws IllegalStateException if the node is past that all-reduce
   */
  synchronized @Nullable Turn turnOrKeep(Piece piece) {
    Turn current = turn(piece.sequence());
    if (current == null) {
      if (piece.sequence() < sequence) {
        throw new IllegalStateException(
            host + ": node " + node + " is past all-reduce " + piece.sequence());
      }
      early.add(piece);
    }
    return current;
  }
}
