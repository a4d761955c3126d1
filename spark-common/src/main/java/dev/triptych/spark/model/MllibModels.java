package dev.triptych.spark.model;

import dev.triptych.core.loss.Loss.LabelKind;
import dev.triptych.core.model.LinearModel;
import java.util.Arrays;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.classification.LinearSVCModel;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.Matrix;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.regression.GeneralizedLinearRegressionModel;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.ml.util.Identifiable;

/**
 * MLlib's own models of given weights, so that plain Spark saves, loads and serves them. Their
 * constructors are closed to Scala code outside of Spark, not to the JVM.
 */
public final class MllibModels {
  private MllibModels() {}

  /**
   * The model that scores as a linear model of ours does: logistic regression, linear regression,
   * Poisson regression, or a linear classifier that thresholds the score at 0, whichever hinge it
   * was trained with.
   *
   * @param weights length numParameters
   * @return one that can write itself
   */
  public static Model<?> of(LinearModel model, double[] weights) {
    Vector coefficients = Vectors.dense(Arrays.copyOf(weights, model.numFeatures())).compressed();
    double intercept = model.hasIntercept() ? weights[model.numFeatures()] : 0;
    String uid = Identifiable.randomUID("triptych");
    return switch (model.loss().name()) {
      case "logistic" -> new LogisticRegressionModel(uid, coefficients, intercept);
      case "linear", "huber" -> linearRegression(uid, coefficients, intercept);
      case "poisson" -> {
        GeneralizedLinearRegressionModel rates =
            new GeneralizedLinearRegressionModel(uid, coefficients, intercept);
        rates.set(rates.family(), "poisson");
        rates.set(rates.link(), "log");
        yield rates;
      }
      // A loss that MLlib does not have: its label's kind says what the score stands for.
      default ->
          model.labelKind() == LabelKind.BINARY
              ? linearSvc(uid, coefficients, intercept)
              : linearRegression(uid, coefficients, intercept);
    };
  }

  /**
   * Logistic regression.
   *
   * @param coefficients one row, or one per class when {@code multinomial}; d columns
   * @param intercepts one, or one per class
   */
  public static LogisticRegressionModel logisticRegression(
      String uid, Matrix coefficients, Vector intercepts, int numClasses, boolean multinomial) {
    return new LogisticRegressionModel(uid, coefficients, intercepts, numClasses, multinomial);
  }

  /** Linear regression with squared loss. */
  public static LinearRegressionModel linearRegression(
      String uid, Vector coefficients, double intercept) {
    return new LinearRegressionModel(uid, coefficients, intercept);
  }

  /** A linear classifier that thresholds the score. */
  public static LinearSVCModel linearSvc(String uid, Vector coefficients, double intercept) {
    return new LinearSVCModel(uid, coefficients, intercept);
  }
}
