package dev.triptych.ml.classification;

import dev.triptych.core.loss.HingeLoss;
import dev.triptych.core.loss.Loss;
import dev.triptych.core.loss.RoundedHingeLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Regularizer;
import dev.triptych.ml.param.ModeParamSet;
import dev.triptych.ml.param.ModeParams;
import dev.triptych.ml.summary.LinearSvcRunSummary;
import dev.triptych.ml.training.Examples;
import dev.triptych.ml.training.Examples.Labels;
import dev.triptych.ml.training.Facts;
import dev.triptych.ml.training.Fit;
import dev.triptych.ml.training.Problem;
import dev.triptych.ml.training.Standardisation;
import dev.triptych.ml.training.WarmStart;
import dev.triptych.spark.model.MllibModels;
import java.util.Arrays;
import org.apache.spark.ml.classification.LinearSVCModel;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.jspecify.annotations.Nullable;
import scala.Option;

/**
 * A linear support vector machine: MLlib's estimator with all its params, trained by Triptych. The
 * objective is MLlib's: (1/Σc) Σ c_i max(0, 1 − y_i s_i) + (regParam/2) ‖w‖² with example weights c
 * and w the coefficients of the standardised features (with {@code standardization}) or of the
 * features as they are; the intercept is not penalised. Coefficients of constant features are 0.
 * {@code maxBlockSizeInMB} and {@code aggregationDepth} have no meaning here.
 *
 * <p>{@code fit} returns MLlib's own model; its summary is a {@link
 * dev.triptych.ml.summary.RunSummary}.
 */
public final class LinearSVC extends org.apache.spark.ml.classification.LinearSVC
    implements ModeParams<LinearSVC> {
  private static final long serialVersionUID = 1L;

  private final ModeParamSet modeParams;
  private @Nullable LinearSVCModel initialModel;

  public LinearSVC() {
    this(Identifiable.randomUID("linearsvc"));
  }

  public LinearSVC(String uid) {
    super(uid);
    modeParams = new ModeParamSet(this);
  }

  @Override
  public ModeParamSet modeParams() {
    return modeParams;
  }

  @Override
  public LinearSVCModel train(Dataset<?> dataset) {
    try (Examples examples = Examples.of(this, dataset, 2)) {
      Facts facts = examples.facts(true);
      int numClasses = facts.numClasses(dataset.schema().apply(getLabelCol()));
      if (numClasses != 2) {
        throw new IllegalArgumentException(
            "requirement failed: LinearSVC only supports binary classification. "
                + numClasses
                + " classes detected in "
                + labelCol());
      }
      int numFeatures = facts.numFeatures();
      Fit fit =
          Fit.of(
              this,
              examples,
              facts,
              new Problem(
                  new LinearModel(loss(), numFeatures, getFitIntercept()),
                  Labels.SIGNS,
                  Standardisation.of(facts.deviations(), getStandardization()),
                  new Regularizer(getRegParam(), 0),
                  getMaxIter(),
                  getTol(),
                  start(numFeatures)));
      return withSummary(
          MllibModels.linearSvc(
              uid(),
              Vectors.dense(Arrays.copyOf(fit.weights(), numFeatures)).compressed(),
              getFitIntercept() ? fit.weights()[numFeatures] : 0),
          dataset,
          fit);
    }
  }

  /**
   * L-BFGS gets the hinge with its kink rounded over a width of √tol, between 1e-5 and 0.01; it
   * comes nearer to the minimum of the hinge than on the hinge itself, in fewer passes.
   */
  private Loss loss() {
    return getMode().equals("sync") && getSyncAlgorithm().equals("lbfgs")
        ? new RoundedHingeLoss(Math.max(1e-5, Math.min(1e-2, Math.sqrt(getTol()))))
        : new HingeLoss();
  }

  private double @Nullable [] start(int numFeatures) {
    LinearSVCModel model = initialModel;
    return model == null
        ? null
        : WarmStart.linear(model.coefficients(), model.intercept(), numFeatures, getFitIntercept());
  }

  /** Starts from a model of as many features instead of from zero. */
  public LinearSVC setInitialModel(LinearSVCModel model) {
    initialModel = model;
    return this;
  }

  private LinearSVCModel withSummary(LinearSVCModel model, Dataset<?> dataset, Fit fit) {
    var summaryModel = copyValues(model, ParamMap.empty()).findSummaryModel();
    return (LinearSVCModel)
        model.setSummary(
            Option.apply(
                new LinearSvcRunSummary(
                    summaryModel._1().transform(dataset),
                    summaryModel._2(),
                    summaryModel._3(),
                    getLabelCol(),
                    isDefined(weightCol()) ? getWeightCol() : "weightCol",
                    fit.run())));
  }

  @Override
  public LinearSVC copy(ParamMap extra) {
    LinearSVC copy = defaultCopy(extra);
    copy.initialModel = initialModel;
    return copy;
  }

  /** Reads what {@code save} has written. */
  public static LinearSVC load(String path) {
    return (LinearSVC) read().load(path);
  }

  /** A reader of what {@code write} has written. */
  public static MLReader<org.apache.spark.ml.classification.LinearSVC> read() {
    return new DefaultParamsReader<>();
  }

  @Override
  public LinearSVC setAggregationDepth(int value) {
    super.setAggregationDepth(value);
    return this;
  }

  @Override
  public LinearSVC setFeaturesCol(String value) {
    super.setFeaturesCol(value);
    return this;
  }

  @Override
  public LinearSVC setFitIntercept(boolean value) {
    super.setFitIntercept(value);
    return this;
  }

  @Override
  public LinearSVC setLabelCol(String value) {
    super.setLabelCol(value);
    return this;
  }

  @Override
  public LinearSVC setMaxBlockSizeInMB(double value) {
    super.setMaxBlockSizeInMB(value);
    return this;
  }

  @Override
  public LinearSVC setMaxIter(int value) {
    super.setMaxIter(value);
    return this;
  }

  @Override
  public LinearSVC setPredictionCol(String value) {
    super.setPredictionCol(value);
    return this;
  }

  @Override
  public LinearSVC setRawPredictionCol(String value) {
    super.setRawPredictionCol(value);
    return this;
  }

  @Override
  public LinearSVC setRegParam(double value) {
    super.setRegParam(value);
    return this;
  }

  @Override
  public LinearSVC setStandardization(boolean value) {
    super.setStandardization(value);
    return this;
  }

  @Override
  public LinearSVC setThreshold(double value) {
    super.setThreshold(value);
    return this;
  }

  @Override
  public LinearSVC setTol(double value) {
    super.setTol(value);
    return this;
  }

  @Override
  public LinearSVC setWeightCol(String value) {
    super.setWeightCol(value);
    return this;
  }
}
