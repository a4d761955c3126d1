package dev.triptych.cli;

import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Model;
import java.io.IOException;
import java.util.Arrays;
import org.apache.spark.ml.classification.LinearSVCModel;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLWritable;

/** Saves trained weights as MLlib's own models, so that plain Spark serves them. */
final class ModelFiles {
  private ModelFiles() {}

  /** Writes weights to {@code path} (any Hadoop path); replaces what is there. */
  static void save(Model model, double[] weights, String path) throws IOException {
    mllibModel((LinearModel) model, weights).write().overwrite().save(path);
  }

  private static MLWritable mllibModel(LinearModel model, double[] weights) {
    Vector coefficients = Vectors.dense(Arrays.copyOf(weights, model.numFeatures())).compressed();
    double intercept = model.hasIntercept() ? weights[model.numFeatures()] : 0;
    return switch (model.loss().name()) {
      case "logistic" ->
          new LogisticRegressionModel(
              Identifiable.randomUID("triptych-logistic"), coefficients, intercept);
      case "linear" ->
          new LinearRegressionModel(
              Identifiable.randomUID("triptych-linear"), coefficients, intercept);
      // A linear classifier that thresholds the score at 0, whichever hinge it was trained with.
      default ->
          new LinearSVCModel(Identifiable.randomUID("triptych-svc"), coefficients, intercept);
    };
  }
}
