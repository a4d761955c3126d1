package dev.triptych.sync;

import dev.triptych.core.training.RunSettings;

/**
 * Settings of the synchronous trainer.
 *
 * @param run what all modes share
 * @param algorithm which gradients a step uses
 * @param tolerance of {@code lbfgs}, see {@link dev.triptych.core.minimizer.StopRule}
 */
public record SyncSettings(RunSettings run, Algorithm algorithm, double tolerance) {
  /** MLlib's default for {@code tol}. */
  public static final double USUAL_TOLERANCE = 1e-6;

  /** With MLlib's tolerance. */
  public SyncSettings(RunSettings run, Algorithm algorithm) {
    this(run, algorithm, USUAL_TOLERANCE);
  }

  /** Which examples one step looks at. */
  public enum Algorithm {
    /** Full-batch gradient descent: all examples of all workers. */
    GD("gd"),
    /** Mini-batch SGD: {@code batchSize} examples of every worker. */
    SGD("sgd"),
    /** L-BFGS: all examples, and a line search for the step. */
    LBFGS("lbfgs");

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
