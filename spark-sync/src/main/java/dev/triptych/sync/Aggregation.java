package dev.triptych.sync;

/** How the gradients of a step become one. */
public enum Aggregation {
  /** Spark's tasks send their sums to the driver, which has the weights and broadcasts them. */
  TREE("tree"),
  /**
   * Tasks that stay add up their gradients among each other; each updates a slice of the weights,
   * with the optimizer's state of that slice, and all gather the slices.
   */
  REDUCE_SCATTER("reduce-scatter"),
  /**
   * Tasks that stay add up their gradients among each other; each has all weights and the whole
   * state of the optimizer.
   */
  ALL_REDUCE("all-reduce");

  private final String optionName;

  Aggregation(String optionName) {
    this.optionName = optionName;
  }

  /** Name on the command line. */
  public String optionName() {
    return optionName;
  }
}
