package dev.triptych.spark.exchange;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One node's part of one all-reduce while it is under way: the node's array, and how many pieces
 * are still to come and to be taken by the next node. Thread-safe; no two pieces that are under way
 * at the same time share a place of the array.
 */
final class Turn {
  final long sequence;
  final RingPlan plan;
  final Vector vector;
  private final @Nullable Completion completion;
  // The thread of the node; it works on pieces while it waits.
  private final Thread waiter;
  private final AtomicInteger toReceive;
  private final AtomicInteger toDeliver;
  private volatile @Nullable Throwable failure;

  Turn(int node, long sequence, RingPlan plan, Vector vector, @Nullable Completion completion) {
    this.sequence = sequence;
    this.plan = plan;
    this.vector = vector;
    this.completion = completion;
    this.waiter = Thread.currentThread();
    this.toReceive = new AtomicInteger(plan.numPiecesReceived(node));
    this.toDeliver = new AtomicInteger(plan.numPiecesSent(node));
  }

  /** A piece has come with a hop; if its sum is complete now, that is told. */
  void arrived(int chunk, int piece, int hop) {
    if (completion != null && hop == plan.numNodes() - 1) {
      completion.completed(plan.begin(chunk, piece), plan.end(chunk, piece));
    }
  }

  /** A piece was added or taken over. */
  void received() {
    if (toReceive.decrementAndGet() == 0) {
      wake();
    }
  }

  /** The next node has read a piece. */
  void delivered() {
    if (toDeliver.decrementAndGet() == 0) {
      wake();
    }
  }

  void fail(Throwable reason) {
    failure = reason;
    wake();
  }

  void wake() {
    LockSupport.unpark(waiter);
  }

  boolean isDone() {
    return toReceive.get() <= 0 && toDeliver.get() <= 0;
  }

  /** Pieces still to come. */
  int numToReceive() {
    return toReceive.get();
  }

  /** Pieces still to come or to be taken. */
  int numLeft() {
    return toReceive.get() + toDeliver.get();
  }

  @Nullable Throwable failure() {
    return failure;
  }
}
