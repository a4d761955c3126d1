package dev.triptych.sync;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.training.RunSettings;

/**
 * Settings of the synchronous trainer.
 *
 * @param run what all modes share
 * @param algorithm which gradients a step uses
 * @param tolerance of {@code lbfgs}, see {@link dev.triptych.core.minimizer.StopRule}
 * @param aggregation how gradients become one
 * @param weightsWanted whether the run has to bring its final weights to the driver, where only
 *     {@link Aggregation#TREE} has them anyway
 */
public record SyncSettings(
    RunSettings run,
    Algorithm algorithm,
    double tolerance,
    Aggregation aggregation,
    boolean weightsWanted) {
  /** MLlib's default for {@code tol}. */
  public static final double USUAL_TOLERANCE = 1e-6;

  /**
   * @throws InvalidInputException if the algorithm needs all gradients on the driver
   */
  public SyncSettings {
    if (aggregation != Aggregation.TREE && !algorithm.isStepwise()) {
      throw new InvalidInputException(
          "--aggregation %s: --sync-algorithm %s keeps its vectors on the driver; choose tree"
              .formatted(aggregation.optionName(), algorithm.optionName()));
    }
  }

  /** With MLlib's tolerance. */
  public SyncSettings(RunSettings run, Algorithm algorithm) {
    this(run, algorithm, USUAL_TOLERANCE);
  }

  /** Through the driver. */
  public SyncSettings(RunSettings run, Algorithm algorithm, double tolerance) {
    this(run, algorithm, tolerance, Aggregation.TREE, true);
  }

  /** The same with another aggregation. */
  public SyncSettings with(Aggregation other) {
    return new SyncSettings(run, algorithm, tolerance, other, weightsWanted);
  }

  /** The same, final weights left where they are. */
  public SyncSettings withoutWeights() {
    return new SyncSettings(run, algorithm, tolerance, aggregation, false);
  }

  /** Whether every step looks at all examples. */
  boolean isFullBatch() {
    return algorithm != Algorithm.SGD || run.batchSize() == 0;
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

    /** Whether it is one optimizer step per gradient, and needs nothing else. */
    public boolean isStepwise() {
      return this == GD || this == SGD;
    }

    /** Name on the command line. */
    public String optionName() {
      return optionName;
    }
  }
}
