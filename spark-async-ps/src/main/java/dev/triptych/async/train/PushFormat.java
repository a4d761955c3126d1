package dev.triptych.async.train;

import dev.triptych.core.model.Model;
import dev.triptych.core.model.Objective;
import dev.triptych.core.training.RunSettings;
import dev.triptych.spark.data.TrainingData;

/** Whether workers pull and push all parameters or only those that a mini-batch touches. */
enum PushFormat {
  DENSE("dense"),
  SPARSE("sparse");

  /** Sparse pays when a batch touches at most this share of the parameters. */
  private static final double MAX_TOUCHED_SHARE = 0.25;

  /** With fewer, a dense vector is too small to find out how many features rows share. */
  private static final int MANY_FEATURES = 10_000;

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

  /**
   * The rule: sparse if much smaller and stable. May run a Spark job.
   *
   * @param batch examples behind every gradient; 0 for all of a worker
   */
  static PushFormat choose(Objective objective, TrainingData data, RunSettings run, int batch) {
    long numRows = data.numRows();
    if (batch == 0) {
      return DENSE;
    }
    Model model = objective.model();
    int shared = model.numParameters() - model.numFeatureParameters();
    double few =
        (MAX_TOUCHED_SHARE * model.numParameters() - shared) / model.parametersPerFeature();
    double perRow = (double) data.numStored() / numRows;
    if (perRow > few
        || ((double) batch * perRow > few
            && (data.numFeatures() < MANY_FEATURES || data.touchedFeatures(batch) > few))) {
      return DENSE;
    }
    double shrinkage =
        run.stepSize().initial() * objective.lambda() * data.maxInverseFrequency() / batch;
    return shrinkage <= MAX_SHRINKAGE ? SPARSE : DENSE;
  }
}
