package dev.triptych.spark.exchange;

/**
 * What is done with sums before all nodes get them: each value's sum is complete at one node first.
 * Which one depends only on the number of nodes and values, so what belongs to a value (the state
 * of an optimizer) can stay there from one all-reduce to the next.
 */
@FunctionalInterface
public interface Completion {
  /**
   * The node's array has sums over all nodes from {@code begin} to before {@code end}. What it has
   * there when this returns is what all nodes get. The same ranges come in every all-reduce of
   * equally many values, in any order and on any thread, several at a time. Must not block.
   */
  void completed(int begin, int end);
}
