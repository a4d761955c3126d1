package dev.triptych.sync;

import dev.triptych.core.training.RunSettings;

/**
 * Settings of the synchronous trainer.
 *
 * @param run what all modes share
 * @param algorithm which gradients a step uses
 */
public record SyncSettings(RunSettings run, Algorithm algorithm) {

  /** Which examples one step looks at. */
  public enum Algorithm {
    /** Full-batch gradient descent: all examples of all workers. */
    GD("gd"),
    /** Mini-batch SGD: {@code batchSize} examples of every worker. */
    SGD("sgd");

    private final String optionName;

    Algorithm(String optionName) {
      this.optionName = optionName;
    }

    /** Name on the command line. */
    public String optionName() {
      return optionName;
    }
  }
}
