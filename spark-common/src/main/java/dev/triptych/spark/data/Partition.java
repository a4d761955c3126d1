package dev.triptych.spark.data;

import dev.triptych.core.InvalidInputException;

/** How examples are dealt to the workers. */
public enum Partition {
  /** A seeded shuffle: every worker sees a random sample. */
  IID("iid"),
  /** Sorted by label and cut into slices: workers see different labels (heterogeneous data). */
  BY_LABEL("by-label");

  private final String optionName;

  Partition(String optionName) {
    this.optionName = optionName;
  }

  public String optionName() {
    return optionName;
  }

  /**
   * @throws InvalidInputException if there is no such way
   */
  public static Partition parse(String name) {
    for (Partition partition : values()) {
      if (partition.optionName.equals(name)) {
        return partition;
      }
    }
    throw new InvalidInputException("--partition: expected iid or by-label, got \"" + name + "\"");
  }
}
