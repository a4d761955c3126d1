package dev.triptych.cli;

import java.util.Arrays;
import java.util.List;

/** The ways of training that can be compared. */
enum Mode {
  /** Bulk-synchronous MapReduce. */
  SYNC("sync"),
  /** Parameter server. */
  ASYNC("async"),
  /** Gossip over a graph. */
  GOSSIP("gossip"),
  /** MLlib's own estimator, as a peer. */
  MLLIB("mllib");

  private final String optionName;

  Mode(String optionName) {
    this.optionName = optionName;
  }

  String optionName() {
    return optionName;
  }

  static List<String> names() {
    return Arrays.stream(values()).map(Mode::optionName).toList();
  }

  static Mode named(String option, String name) {
    Choice.of(option, name, names());
    return Arrays.stream(values())
        .filter(mode -> mode.optionName.equals(name))
        .findFirst()
        .orElseThrow();
  }
}
