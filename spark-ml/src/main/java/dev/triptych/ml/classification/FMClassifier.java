package dev.triptych.ml.classification;

import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.model.FactorizationMachine;
import dev.triptych.core.model.Regularizer;
import dev.triptych.ml.param.ModeParamSet;
import dev.triptych.ml.param.ModeParams;
import dev.triptych.ml.summary.FmClassificationRunSummary;
import dev.triptych.ml.training.Examples;
import dev.triptych.ml.training.Examples.Labels;
import dev.triptych.ml.training.Facts;
import dev.triptych.ml.training.Fit;
import dev.triptych.ml.training.Problem;
import dev.triptych.ml.training.Standardisation;
import dev.triptych.spark.model.MllibExport;
import org.apache.spark.ml.classification.FMClassificationModel;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import scala.Option;

/**
 * Two classes by a factorization machine: MLlib's estimator with all its params, trained by
 * Triptych. The objective is the mean logistic loss plus (regParam/2) Σ w² over linear weights and
 * factors. Factors start uniformly with standard deviation {@code initStd}. Mode sync takes L-BFGS
 * with {@code maxIter} and {@code tol} unless {@code syncAlgorithm} says otherwise; {@code solver}
 * and {@code miniBatchFraction} have no meaning here, and {@code stepSize} only where it is set.
 *
 * <p>{@code fit} returns MLlib's own model; its summary is a {@link
 * dev.triptych.ml.summary.RunSummary}.
 */
public final class FMClassifier extends org.apache.spark.ml.classification.FMClassifier
    implements ModeParams<FMClassifier> {
  private static final long serialVersionUID = 1L;

  private final ModeParamSet modeParams;

  public FMClassifier() {
    this(Identifiable.randomUID("fmc"));
  }

  public FMClassifier(String uid) {
    super(uid);
    modeParams = new ModeParamSet(this);
  }

  @Override
  public ModeParamSet modeParams() {
    return modeParams;
  }

  @Override
  public FMClassificationModel train(Dataset<?> dataset) {
    try (Examples examples = Examples.of(this, dataset, 2)) {
      Facts facts = examples.facts(true);
      FactorizationMachine machine =
          new FactorizationMachine(
              new LogisticLoss(),
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
                  Labels.SIGNS,
                  Standardisation.none(facts.numFeatures()),
                  new Regularizer(getRegParam(), 0),
                  getMaxIter(),
                  getTol(),
                  null));
      FMClassificationModel model =
          (FMClassificationModel) MllibExport.factorizationMachine(machine, fit.weights());
      var summaryModel = copyValues(model, ParamMap.empty()).findSummaryModel();
      return (FMClassificationModel)
          model.setSummary(
              Option.apply(
                  new FmClassificationRunSummary(
                      summaryModel._1().transform(dataset),
                      summaryModel._2(),
                      summaryModel._3(),
                      getLabelCol(),
                      "weightCol",
                      fit.run())));
    }
  }

  @Override
  public FMClassifier copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /** Reads what {@code save} has written. */
  public static FMClassifier load(String path) {
    return (FMClassifier) read().load(path);
  }

  /** A reader of what {@code write} has written. */
  public static MLReader<org.apache.spark.ml.classification.FMClassifier> read() {
    return new DefaultParamsReader<>();
  }

  @Override
  public FMClassifier setFactorSize(int value) {
    super.setFactorSize(value);
    return this;
  }

  @Override
  public FMClassifier setFeaturesCol(String value) {
    super.setFeaturesCol(value);
    return this;
  }

  @Override
  public FMClassifier setFitIntercept(boolean value) {
    super.setFitIntercept(value);
    return this;
  }

  @Override
  public FMClassifier setFitLinear(boolean value) {
    super.setFitLinear(value);
    return this;
  }

  @Override
  public FMClassifier setInitStd(double value) {
    super.setInitStd(value);
    return this;
  }

  @Override
  public FMClassifier setLabelCol(String value) {
    super.setLabelCol(value);
    return this;
  }

  @Override
  public FMClassifier setMaxIter(int value) {
    super.setMaxIter(value);
    return this;
  }

  @Override
  public FMClassifier setMiniBatchFraction(double value) {
    super.setMiniBatchFraction(value);
    return this;
  }

  @Override
  public FMClassifier setPredictionCol(String value) {
    super.setPredictionCol(value);
    return this;
  }

  @Override
  public FMClassifier setProbabilityCol(String value) {
    super.setProbabilityCol(value);
    return this;
  }

  @Override
  public FMClassifier setRawPredictionCol(String value) {
    super.setRawPredictionCol(value);
    return this;
  }

  @Override
  public FMClassifier setRegParam(double value) {
    super.setRegParam(value);
    return this;
  }

  @Override
  public FMClassifier setSeed(long value) {
    super.setSeed(value);
    return this;
  }

  @Override
  public FMClassifier setSolver(String value) {
    super.setSolver(value);
    return this;
  }

  @Override
  public FMClassifier setStepSize(double value) {
    super.setStepSize(value);
    return this;
  }

  @Override
  public FMClassifier setThresholds(double[] value) {
    super.setThresholds(value);
    return this;
  }

  @Override
  public FMClassifier setTol(double value) {
    super.setTol(value);
    return this;
  }
}
