package dev.triptych.ml.regression;

import dev.triptych.core.loss.SquaredLoss;
import dev.triptych.core.model.FactorizationMachine;
import dev.triptych.core.model.Regularizer;
import dev.triptych.ml.param.ModeParamSet;
import dev.triptych.ml.param.ModeParams;
import dev.triptych.ml.training.Examples;
import dev.triptych.ml.training.Examples.Labels;
import dev.triptych.ml.training.Facts;
import dev.triptych.ml.training.Fit;
import dev.triptych.ml.training.Problem;
import dev.triptych.ml.training.Standardisation;
import dev.triptych.spark.model.MllibExport;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.FMRegressionModel;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;

/**
 * Regression by a factorization machine: MLlib's estimator with all its params, trained by
 * Triptych. The objective is the mean squared (halved) loss plus (regParam/2) Σ w² over linear
 * weights and factors. Factors start uniformly with standard deviation {@code initStd}. Mode sync
 * takes L-BFGS with {@code maxIter} and {@code tol} unless {@code syncAlgorithm} says otherwise;
 * {@code solver} and {@code miniBatchFraction} have no meaning here, and {@code stepSize} only
 * where it is set.
 *
 * <p>{@code fit} returns MLlib's own model, which has no training summary.
 */
public final class FMRegressor extends org.apache.spark.ml.regression.FMRegressor
    implements ModeParams<FMRegressor> {
  private static final long serialVersionUID = 1L;

  private final ModeParamSet modeParams;

  public FMRegressor() {
    this(Identifiable.randomUID("fmr"));
  }

  public FMRegressor(String uid) {
    super(uid);
    modeParams = new ModeParamSet(this);
  }

  @Override
  public ModeParamSet modeParams() {
    return modeParams;
  }

  @Override
  public FMRegressionModel train(Dataset<?> dataset) {
    try (Examples examples = Examples.of(this, dataset, null)) {
      Facts facts = examples.facts(false);
      FactorizationMachine machine =
          new FactorizationMachine(
              new SquaredLoss(),
              facts.numFeatures(),
              getFactorSize(),
              getFitLinear(),
              getFitIntercept(),
              Math.sqrt(3) * getInitStd());
      Fit fit =
          Fit.of(
              this,
              examples,
              facts,
              new Problem(
                  machine,
                  Labels.NUMBERS,
                  Standardisation.none(facts.numFeatures()),
                  new Regularizer(getRegParam(), 0),
                  getMaxIter(),
                  getTol(),
                  null));
      FMRegressionModel model =
          (FMRegressionModel) MllibExport.factorizationMachine(machine, fit.weights());
      return model;
    }
  }

  @Override
  public FMRegressor copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /** Reads what {@code save} has written. */
  public static FMRegressor load(String path) {
    return (FMRegressor) read().load(path);
  }

  /** A reader of what {@code write} has written. */
  public static MLReader<org.apache.spark.ml.regression.FMRegressor> read() {
    return new DefaultParamsReader<>();
  }

  @Override
  public FMRegressor setFactorSize(int value) {
    super.setFactorSize(value);
    return this;
  }

  @Override
  public FMRegressor setFeaturesCol(String value) {
    super.setFeaturesCol(value);
    return this;
  }

  @Override
  public FMRegressor setFitIntercept(boolean value) {
    super.setFitIntercept(value);
    return this;
  }

  @Override
  public FMRegressor setFitLinear(boolean value) {
    super.setFitLinear(value);
    return this;
  }

  @Override
  public FMRegressor setInitStd(double value) {
    super.setInitStd(value);
    return this;
  }

  @Override
  public FMRegressor setLabelCol(String value) {
    super.setLabelCol(value);
    return this;
  }

  @Override
  public FMRegressor setMaxIter(int value) {
    super.setMaxIter(value);
    return this;
  }

  @Override
  public FMRegressor setMiniBatchFraction(double value) {
    super.setMiniBatchFraction(value);
    return this;
  }

  @Override
  public FMRegressor setPredictionCol(String value) {
    super.setPredictionCol(value);
    return this;
  }

  @Override
  public FMRegressor setRegParam(double value) {
    super.setRegParam(value);
    return this;
  }

  @Override
  public FMRegressor setSeed(long value) {
    super.setSeed(value);
    return this;
  }

  @Override
  public FMRegressor setSolver(String value) {
    super.setSolver(value);
    return this;
  }

  @Override
  public FMRegressor setStepSize(double value) {
    super.setStepSize(value);
    return this;
  }

  @Override
  public FMRegressor setTol(double value) {
    super.setTol(value);
    return this;
  }
}
