package dev.triptych.ml.regression;

import dev.triptych.core.loss.SquaredLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Regularizer;
import dev.triptych.ml.param.ModeParamSet;
import dev.triptych.ml.param.ModeParams;
import dev.triptych.ml.summary.LinearRegressionRunSummary;
import dev.triptych.ml.training.Examples;
import dev.triptych.ml.training.Examples.Labels;
import dev.triptych.ml.training.Facts;
import dev.triptych.ml.training.Fit;
import dev.triptych.ml.training.Problem;
import dev.triptych.ml.training.Standardisation;
import dev.triptych.ml.training.WarmStart;
import dev.triptych.spark.model.MllibModels;
import java.util.Arrays;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;

/**
 * Linear regression: MLlib's estimator with all its params, trained by Triptych. The objective is
 * MLlib's: (1/(2Σc)) Σ c_i (s_i − y_i)² + regParam ((1 − α)/(2σ) ‖w‖₂² + α ‖w‖₁) with example
 * weights c, α = elasticNetParam, σ the labels' standard deviation, and w the coefficients of the
 * standardised features (with {@code standardization}) or of the features as they are; the
 * intercept is not penalised. Coefficients of constant features are 0.
 *
 * <p>{@code solver} decides only, as in MLlib, whose standard deviations count: those over n
 * ({@code normal}, and {@code auto} up to 4096 features) or over n − 1 ({@code l-bfgs}, and {@code
 * auto} beyond). Loss {@code huber} is refused. {@code maxBlockSizeInMB} and {@code
 * aggregationDepth} have no meaning here.
 *
 * <p>{@code fit} returns MLlib's own model; its summary is a {@link
 * dev.triptych.ml.summary.RunSummary}.
 */
public final class LinearRegression extends org.apache.spark.ml.regression.LinearRegression
    implements ModeParams<LinearRegression> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(LinearRegression.class);

  private final ModeParamSet modeParams;
  private @Nullable LinearRegressionModel initialModel;

  public LinearRegression() {
    this(Identifiable.randomUID("linReg"));
  }

  public LinearRegression(String uid) {
    super(uid);
    modeParams = new ModeParamSet(this);
  }

  @Override
  public ModeParamSet modeParams() {
    return modeParams;
  }

  @Override
  public LinearRegressionModel train(Dataset<?> dataset) {
    if (!getLoss().equals("squaredError")) {
      throw new IllegalArgumentException(
          uid() + ": loss " + getLoss() + " is not supported; expected squaredError");
    }
    try (Examples examples = Examples.of(this, dataset, null)) {
      Facts facts = examples.facts(false);
      if (facts.labelDeviation() == 0) {
        if (getFitIntercept() || facts.labelMean() == 0) {
          LOG.warn(
              "The standard deviation of the label is zero, so the coefficients will be zeros and"
                  + " the intercept the mean of the label.");
          return MllibModels.linearRegression(
              uid(),
              Vectors.sparse(facts.numFeatures(), new int[0], new double[0]),
              facts.labelMean());
        }
        if (getRegParam() != 0) {
          throw new IllegalArgumentException(
              "requirement failed: The standard deviation of the label is zero. Model cannot be"
                  + " regularized.");
        }
      }
      return train(dataset, examples, facts);
    }
  }

  private LinearRegressionModel train(Dataset<?> dataset, Examples examples, Facts facts) {
    // Of n and n - 1, which deviations are over.
    double shrink = isNormal(facts.numFeatures()) ? facts.populationFactor() : 1;
    double labelDeviation = facts.labelDeviation() * shrink;
    double[] deviations = facts.deviations();
    for (int j = 0; j < deviations.length; j++) {
      deviations[j] *= shrink;
    }
    double l2 = (1 - getElasticNetParam()) * getRegParam();
    double l1 = getElasticNetParam() * getRegParam();
    int numFeatures = facts.numFeatures();
    Fit fit =
        Fit.of(
            this,
            examples,
            facts,
            new Problem(
                new LinearModel(new SquaredLoss(), numFeatures, getFitIntercept()),
                Labels.NUMBERS,
                Standardisation.of(deviations, getStandardization()),
                new Regularizer(l2 == 0 ? 0 : l2 / labelDeviation, l1),
                getMaxIter(),
                getTol(),
                start(numFeatures)));
    return withSummary(
        MllibModels.linearRegression(
            uid(),
            Vectors.dense(Arrays.copyOf(fit.weights(), numFeatures)).compressed(),
            getFitIntercept() ? fit.weights()[numFeatures] : 0),
        dataset,
        fit);
  }

  private double @Nullable [] start(int numFeatures) {
    LinearRegressionModel model = initialModel;
    return model == null
        ? null
        : WarmStart.linear(model.coefficients(), model.intercept(), numFeatures, getFitIntercept());
  }

  /** Starts from a model of as many features instead of from zero. */
  public LinearRegression setInitialModel(LinearRegressionModel model) {
    initialModel = model;
    return this;
  }

  private boolean isNormal(int numFeatures) {
    return getSolver().equals("normal")
        || (getSolver().equals("auto") && numFeatures <= MAX_FEATURES_FOR_NORMAL_SOLVER());
  }

  private LinearRegressionModel withSummary(
      LinearRegressionModel model, Dataset<?> dataset, Fit fit) {
    var summaryModel = copyValues(model, ParamMap.empty()).findSummaryModelAndPredictionCol();
    Dataset<Row> predictions = summaryModel._1().transform(dataset);
    return (LinearRegressionModel)
        model.setSummary(
            Option.apply(
                new LinearRegressionRunSummary(
                    predictions,
                    summaryModel._2(),
                    getLabelCol(),
                    getFeaturesCol(),
                    model,
                    fit.run())));
  }

  @Override
  public LinearRegression copy(ParamMap extra) {
    LinearRegression copy = defaultCopy(extra);
    copy.initialModel = initialModel;
    return copy;
  }

  /** Reads what {@code save} has written. */
  public static LinearRegression load(String path) {
    return (LinearRegression) read().load(path);
  }

  /** A reader of what {@code write} has written. */
  public static MLReader<org.apache.spark.ml.regression.LinearRegression> read() {
    return new DefaultParamsReader<>();
  }

  @Override
  public LinearRegression setAggregationDepth(int value) {
    super.setAggregationDepth(value);
    return this;
  }

  @Override
  public LinearRegression setElasticNetParam(double value) {
    super.setElasticNetParam(value);
    return this;
  }

  @Override
  public LinearRegression setEpsilon(double value) {
    super.setEpsilon(value);
    return this;
  }

  @Override
  public LinearRegression setFeaturesCol(String value) {
    super.setFeaturesCol(value);
    return this;
  }

  @Override
  public LinearRegression setFitIntercept(boolean value) {
    super.setFitIntercept(value);
    return this;
  }

  @Override
  public LinearRegression setLabelCol(String value) {
    super.setLabelCol(value);
    return this;
  }

  @Override
  public LinearRegression setLoss(String value) {
    super.setLoss(value);
    return this;
  }

  @Override
  public LinearRegression setMaxBlockSizeInMB(double value) {
    super.setMaxBlockSizeInMB(value);
    return this;
  }

  @Override
  public LinearRegression setMaxIter(int value) {
    super.setMaxIter(value);
    return this;
  }

  @Override
  public LinearRegression setPredictionCol(String value) {
    super.setPredictionCol(value);
    return this;
  }

  @Override
  public LinearRegression setRegParam(double value) {
    super.setRegParam(value);
    return this;
  }

  @Override
  public LinearRegression setSolver(String value) {
    super.setSolver(value);
    return this;
  }

  @Override
  public LinearRegression setStandardization(boolean value) {
    super.setStandardization(value);
    return this;
  }

  @Override
  public LinearRegression setTol(double value) {
    super.setTol(value);
    return this;
  }

  @Override
  public LinearRegression setWeightCol(String value) {
    super.setWeightCol(value);
    return this;
  }
}
