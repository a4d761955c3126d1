package dev.triptych.ml.training;

import dev.triptych.core.loss.Loss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Objective;
import dev.triptych.core.model.Regularizer;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.ml.param.ModeParams;
import dev.triptych.spark.data.TrainingData;
import java.util.Arrays;
import org.apache.spark.SparkContext;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;

/**
 * A trained linear model in the coordinates of the features as they were.
 *
 * @param coefficients length d
 * @param intercept 0 where there is none
 * @param run how it was trained
 */
public record LinearFit(Vector coefficients, double intercept, TrainingRun run) {

  /**
   * Trains a linear model on standardised features.
   *
   * @param labels how labels become the loss's
   */
  public static LinearFit of(
      ModeParams<?> params,
      SparkContext spark,
      Examples examples,
      Facts facts,
      Examples.Labels labels,
      Loss loss,
      boolean intercept,
      Standardisation standardisation,
      Regularizer regularizer,
      int maxIter,
      double tol) {
    TrainingData data =
        examples.deal(
            facts,
            ModeTraining.numWorkers(params, spark, facts.numRows()),
            params.getSeed(),
            standardisation.factors(),
            labels);
    LinearModel model = new LinearModel(loss, facts.numFeatures(), intercept);
    TrainingRun run =
        ModeTraining.train(params, new Objective(model, regularizer), data, maxIter, tol);
    double[] weights = run.collectedWeights();
    double[] coefficients =
        standardisation.original(Arrays.copyOf(weights, facts.numFeatures()), 1);
    return new LinearFit(
        Vectors.dense(coefficients).compressed(),
        intercept ? weights[facts.numFeatures()] : 0,
        run);
  }
}
