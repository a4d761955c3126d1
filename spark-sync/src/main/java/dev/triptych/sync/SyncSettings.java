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
 * @param backupWorkers B: a step takes the first N − B mini-batches and drops the rest
 * @param localSteps optimizer steps of each worker between two averages, {@code local-sgd} only
 * @param maxIterations of {@code lbfgs}, MLlib's {@code maxIter}; the run's epochs bound its passes
 */
public record SyncSettings(
    RunSettings run,
    Algorithm algorithm,
    double tolerance,
    Aggregation aggregation,
    boolean weightsWanted,
    int backupWorkers,
    int localSteps,
    int maxIterations) {
  /** MLlib's default for {@code tol}. */
  public static final double USUAL_TOLERANCE = 1e-6;

  /**
   * @throws InvalidInputException if these do not go together
   */
  public SyncSettings {
    check(algorithm, aggregation, backupWorkers, run.numWorkers(), run.batchSize());
    if (localSteps < 1) {
      throw new InvalidInputException("--local-steps: expected at least 1, got " + localSteps);
    }
  }

  /**
   * Whether these go together.
   *
   * @throws InvalidInputException if they do not
   */
  public static void check(
      Algorithm algorithm,
      Aggregation aggregation,
      int backupWorkers,
      int numWorkers,
      int batchSize) {
    boolean fits =
        algorithm.isStepwise()
            || (algorithm.searchesLines() && aggregation == Aggregation.ALL_REDUCE);
    if (aggregation != Aggregation.TREE && !fits) {
      throw new InvalidInputException(
          "--aggregation %s: --sync-algorithm %s goes with %s"
              .formatted(
                  aggregation.optionName(),
                  algorithm.optionName(),
                  algorithm.searchesLines() ? "tree and all-reduce" : "tree"));
    }
    if (backupWorkers < 0 || backupWorkers >= numWorkers) {
      throw new InvalidInputException(
          "--backup-workers: expected fewer than the %d workers, got %d"
              .formatted(numWorkers, backupWorkers));
    }
    if (backupWorkers > 0 && aggregation == Aggregation.TREE) {
      throw new InvalidInputException(
          "--backup-workers: a Spark stage ends with its last task;"
              + " choose --aggregation reduce-scatter or all-reduce");
    }
    if (backupWorkers > 0 && (algorithm != Algorithm.SGD || batchSize == 0)) {
      throw new InvalidInputException(
          "--backup-workers: only mini-batches can be dropped;"
              + " choose --sync-algorithm sgd and a --batch above 0");
    }
  }

  /** With MLlib's tolerance. */
  public SyncSettings(RunSettings run, Algorithm algorithm) {
    this(run, algorithm, USUAL_TOLERANCE);
  }

  /** Through the driver. */
  public SyncSettings(RunSettings run, Algorithm algorithm, double tolerance) {
    this(run, algorithm, tolerance, Aggregation.TREE, true, 0, 1, Integer.MAX_VALUE);
  }

  /** The same with another aggregation. */
  public SyncSettings with(Aggregation other) {
    return new SyncSettings(
        run, algorithm, tolerance, other, weightsWanted, backupWorkers, localSteps, maxIterations);
  }

  /** The same, with so many mini-batches dropped in each step. */
  public SyncSettings withBackupWorkers(int number) {
    return new SyncSettings(
        run, algorithm, tolerance, aggregation, weightsWanted, number, localSteps, maxIterations);
  }

  /** The same, final weights left where they are. */
  public SyncSettings withoutWeights() {
    return new SyncSettings(
        run, algorithm, tolerance, aggregation, false, backupWorkers, localSteps, maxIterations);
  }

  /** The same with another number of local steps. */
  public SyncSettings withLocalSteps(int steps) {
    return new SyncSettings(
        run, algorithm, tolerance, aggregation, weightsWanted, backupWorkers, steps, maxIterations);
  }

  /** The same with a bound on the iterations. */
  public SyncSettings withMaxIterations(int bound) {
    return new SyncSettings(
        run, algorithm, tolerance, aggregation, weightsWanted, backupWorkers, localSteps, bound);
  }

  /** Whether every step looks at all examples. */
  boolean isFullBatch() {
    return !algorithm.drawsMiniBatches() || run.batchSize() == 0;
  }

  /** Which examples one step looks at. */
  public enum Algorithm {
    /** Full-batch gradient descent: all examples of all workers. */
    GD("gd"),
    /** Mini-batch SGD: {@code batchSize} examples of every worker. */
    SGD("sgd"),
    /** Full-batch gradient descent that looks for its step size. */
    GD_LINE_SEARCH("gd-line-search"),
    /** Steps of each worker by itself, then an average of the weights. */
    LOCAL_SGD("local-sgd"),
    /** Mini-batch gradients with their variance reduced by full ones. */
    SVRG("svrg"),
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

    /** Whether its steps look at mini-batches. */
    public boolean drawsMiniBatches() {
      return this == SGD || this == LOCAL_SGD || this == SVRG;
    }

    /** Whether it needs no step size. */
    public boolean searchesLines() {
      return this == GD_LINE_SEARCH || this == LBFGS;
    }

    /** Name on the command line. */
    public String optionName() {
      return optionName;
    }
  }
}
