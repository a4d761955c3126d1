package dev.triptych.async.train;

/** Where the servers run. */
public enum Deployment {
  /** All shards in the driver's process. */
  DRIVER("driver"),
  /**
   * Shards spread over the executors, which run {@link dev.triptych.async.plugin.TriptychPlugin}.
   */
  EXECUTORS("executors"),
  /** Shards spread over server processes of their own, {@code bin/triptych server}. */
  STANDALONE("standalone");

  private final String optionName;

  Deployment(String optionName) {
    this.optionName = optionName;
  }

  /** Name on the command line. */
  public String optionName() {
    return optionName;
  }
}
