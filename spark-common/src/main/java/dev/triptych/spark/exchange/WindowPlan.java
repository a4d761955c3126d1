package dev.triptych.spark.exchange;

/**
 * All-reduce through memory that all nodes share, as a plan ("reduce-scatter, then all-gather").
 * The vector is cut into windows, a window into n chunks. For every window each node writes its
 * values, then node i adds up chunk i of all nodes, in node order, then each node reads all sums. A
 * window lies in the shared memory until all have read it; {@code numSlots} windows fit, so nodes
 * need not go in step.
 *
 * <p>Windows are counted on from one all-reduce to the next. Immutable.
 */
final class WindowPlan {
  private final int numNodes;
  private final int length;
  private final int windowLength;

  /**
   * @param numNodes n ≥ 1
   * @param length of the vector, ≥ 0
   * @param windowLength longest window, ≥ 1
   */
  WindowPlan(int numNodes, int length, int windowLength) {
    if (numNodes < 1 || length < 0 || windowLength < 1) {
      throw new IllegalArgumentException(
          numNodes + " nodes, " + length + " values, windows of " + windowLength);
    }
    this.numNodes = numNodes;
    this.length = length;
    this.windowLength = windowLength;
  }

  /** At least one, so that nodes meet even when there is nothing to add up. */
  int numWindows() {
    return length == 0 ? 1 : (length - 1) / windowLength + 1;
  }

  /** First value of a window. */
  int begin(int window) {
    return window * windowLength;
  }

  /** After the last value of a window. */
  int end(int window) {
    return (int) Math.min(length, (long) begin(window) + windowLength);
  }

  /** First value of a chunk of a window, 0 ≤ chunk ≤ n; chunk n begins where the window ends. */
  int begin(int window, int chunk) {
    int begin = begin(window);
    return begin + (int) ((long) (end(window) - begin) * chunk / numNodes);
  }

  /**
   * Values that a node gives to others, each counted once for each receiver: n−1 chunks to those
   * who add them up, and its sums to n−1 nodes.
   */
  long numValuesSent(int node) {
    long values = 0;
    for (int window = 0; window < numWindows(); window++) {
      int own = begin(window, node + 1) - begin(window, node);
      values += end(window) - begin(window) - own + (long) (numNodes - 1) * own;
    }
    return values;
  }
}
