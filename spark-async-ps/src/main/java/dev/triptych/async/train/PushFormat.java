package dev.triptych.async.train;

import dev.triptych.core.model.Objective;
import dev.triptych.core.training.RunSettings;
import dev.triptych.spark.data.TrainingData;

/** Whether workers pull and push all parameters or only those that a mini-batch touches. */
enum PushFormat {
  DENSE("dense"),
  SPARSE("sparse");

  /** Sparse pays when a batch touches at most this share of the parameters. */
  private static final double MAX_TOUCHED_SHARE = 0.25;

  /**
   * Sparse gradients spread the regularizer over the rows that store a feature, so a feature stored
   * in a fraction p of the rows shrinks by a factor 1 − αλ/(b·p) when one of the b rows of a batch
   * has it (times the number of such rows); beyond 2 that oscillates. Kept well below 1.
   */
  private static final double MAX_SHRINKAGE = 0.1;

  private final String words;

  PushFormat(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }

  /** The rule: sparse if much smaller and stable. */
  static PushFormat choose(Objective objective, TrainingData data, RunSettings run) {
    long numRows = data.numRows();
    double batch = run.batchSize();
    if (batch == 0) {
      return DENSE;
    }
    double mostTouched = MAX_TOUCHED_SHARE * objective.model().numParameters();
    // Frequent features are counted once, but that takes a look at all of them.
    boolean few =
        batch * data.numStored() / numRows <= mostTouched
            || data.frequency().expectedTouched(run.batchSize()) <= mostTouched;
    double shrinkage =
        run.stepSize().initial() * objective.lambda() * data.frequency().maxInverse() / batch;
    return few && shrinkage <= MAX_SHRINKAGE ? SPARSE : DENSE;
  }
}
