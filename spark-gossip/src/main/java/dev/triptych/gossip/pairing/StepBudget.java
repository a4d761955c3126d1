package dev.triptych.gossip.pairing;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many gradient steps the nodes of an asynchronous run may still do, all together: fast nodes
 * take more of them. A node asks for a few at a time; when nothing is left it says that it has
 * finished, and stays until all have. Pure; its owner sees to it that one thread at a time uses it.
 */
public final class StepBudget {
  private final long[] granted;
  private final BitSet finished = new BitSet();
  private long limit;
  private long progress;
  private boolean diverged;
  private @Nullable String problem;

  /** Nothing to do yet. */
  public StepBudget(int numNodes) {
    this.granted = new long[numNodes];
  }

  /**
   * The nodes' next steps, until they have done {@code newLimit} in all; nobody has finished.
   *
   * @throws IllegalArgumentException if that many were granted already
   */
  public void extendTo(long newLimit) {
    if (newLimit <= progress) {
      throw new IllegalArgumentException(
          newLimit + " steps, of which " + progress + " are granted");
    }
    limit = newLimit;
    finished.clear();
  }

  /**
   * A node asks for steps.
   *
   * @param wanted at most so many; 0 only looks
   */
  public Grant claim(int node, int wanted) {
    check(node);
    long first = granted[node];
    int steps = (int) Math.min(wanted, isClosed() ? 0 : limit - progress);
    granted[node] += steps;
    progress += steps;
    return new Grant(steps, first, progress, isClosed(), finished.cardinality() == granted.length);
  }

  /** A node has done what it was granted, and its last average. */
  public void finish(int node) {
    check(node);
    finished.set(node);
  }

  /** A node saw divergence: nobody gets more steps. */
  public void diverge() {
    diverged = true;
  }

  /** A node cannot go on: nobody gets more steps. The first reason counts. */
  public void fail(String reason) {
    if (problem == null) {
      problem = reason;
    }
  }

  /** Nodes that have not finished, ascending. */
  public List<Integer> unfinished() {
    List<Integer> nodes = new ArrayList<>();
    for (int node = 0; node < granted.length; node++) {
      if (!finished.get(node)) {
        nodes.add(node);
      }
    }
    return nodes;
  }

  /** Steps granted to all nodes so far. */
  public long progress() {
    return progress;
  }

  /** Steps granted to a node so far. */
  public long granted(int node) {
    return granted[node];
  }

  /** Whether a node saw divergence. */
  public boolean isDiverged() {
    return diverged;
  }

  /** Why a node cannot go on, or null. */
  public @Nullable String problem() {
    return problem;
  }

  private boolean isClosed() {
    return progress >= limit || diverged || problem != null;
  }

  private void check(int node) {
    if (node < 0 || node >= granted.length) {
      throw new IllegalArgumentException(
          "node " + node + " is none of the run's " + granted.length + " nodes");
    }
  }

  /**
   * The answer to a claim.
   *
   * @param steps granted now
   * @param first steps granted to this node before
   * @param progress steps granted to all nodes so far, these included
   * @param closed whether there will be no more
   * @param over whether all nodes have finished
   */
  public record Grant(int steps, long first, long progress, boolean closed, boolean over) {}
}
