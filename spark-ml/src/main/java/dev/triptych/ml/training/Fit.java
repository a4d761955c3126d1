package dev.triptych.ml.training;

import dev.triptych.core.model.Model;
import dev.triptych.core.model.Objective;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.ml.param.ModeParams;
import dev.triptych.spark.data.TrainingData;

/**
 * Trained weights in the coordinates of the features as they were, and the run behind them.
 *
 * @param weights length numParameters
 * @param run how they were trained; its own weights are those of the standardised features
 */
@SuppressWarnings("ArrayRecordComponent")
public record Fit(double[] weights, TrainingRun run) {
  /** Deals the rows to the workers and trains in the mode that the params name. */
  public static Fit of(ModeParams<?> params, Examples examples, Facts facts, Problem problem) {
    Standardisation standardisation = problem.standardisation();
    Model model = problem.model();
    int perFeature = model.parametersPerFeature();
    TrainingData data =
        examples.deal(
            facts,
            examples.numWorkers(params, facts.numRows()),
            params.getSeed(),
            standardisation.factors(),
            problem.labels());
    Objective objective = new Objective(model, problem.regularizer());
    double[] start = problem.start();
    if (start != null) {
      objective = objective.startingFrom(standardisation.standardised(start, perFeature));
    }
    TrainingRun run = ModeTraining.train(params, objective, data, problem.maxIter(), problem.tol());
    return new Fit(standardisation.original(run.collectedWeights(), perFeature), run);
  }
}
