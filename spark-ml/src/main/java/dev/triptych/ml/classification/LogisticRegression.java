package dev.triptych.ml.classification;

import dev.triptych.core.loss.LogisticLoss;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Regularizer;
import dev.triptych.core.model.Softmax;
import dev.triptych.core.training.TrainingRun;
import dev.triptych.ml.param.ModeParamSet;
import dev.triptych.ml.param.ModeParams;
import dev.triptych.ml.summary.BinaryLogisticRegressionRunSummary;
import dev.triptych.ml.summary.LogisticRegressionRunSummary;
import dev.triptych.ml.training.Examples;
import dev.triptych.ml.training.Examples.Labels;
import dev.triptych.ml.training.Facts;
import dev.triptych.ml.training.Fit;
import dev.triptych.ml.training.Problem;
import dev.triptych.ml.training.Standardisation;
import dev.triptych.ml.training.WarmStart;
import dev.triptych.spark.model.MllibModels;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.DenseMatrix;
import org.apache.spark.ml.linalg.Matrix;
import org.apache.spark.ml.linalg.SparseMatrix;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
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
 * Logistic regression, binary or multinomial: MLlib's estimator with all its params, trained by
 * Triptych. The objective is MLlib's: (1/Σc) Σ c_i ℓ_i + regParam ((1 − α)/2 ‖w‖₂² + α ‖w‖₁) with
 * example weights c, α = elasticNetParam, w the coefficients of the standardised features (with
 * {@code standardization}) or of the features as they are, and an intercept that is not penalised.
 * Coefficients of constant features are 0. {@code maxBlockSizeInMB} and {@code aggregationDepth}
 * have no meaning here; bounds on coefficients are refused.
 *
 * <p>{@code fit} returns MLlib's own model, which needs nothing of Triptych to be saved, loaded and
 * used; its summary is a {@link dev.triptych.ml.summary.RunSummary}.
 */
public final class LogisticRegression extends org.apache.spark.ml.classification.LogisticRegression
    implements ModeParams<LogisticRegression> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(LogisticRegression.class);

  private final ModeParamSet modeParams;
  private @Nullable LogisticRegressionModel initialModel;

  public LogisticRegression() {
    this(Identifiable.randomUID("logreg"));
  }

  public LogisticRegression(String uid) {
    super(uid);
    modeParams = new ModeParamSet(this);
  }

  @Override
  public ModeParamSet modeParams() {
    return modeParams;
  }

  @Override
  public LogisticRegressionModel train(Dataset<?> dataset) {
    if (usingBoundConstrainedOptimization()) {
      throw new IllegalArgumentException(
          uid() + ": bounds on coefficients and intercepts are not supported");
    }
    try (Examples examples = Examples.of(this, dataset, null)) {
      Facts facts = examples.facts(true);
      double[] histogram = facts.classWeights();
      int numClasses = facts.numClasses(dataset.schema().apply(getLabelCol()));
      boolean multinomial = isMultinomial(numClasses);
      if (isDefined(thresholds()) && getThresholds().length != numClasses) {
        throw new IllegalArgumentException(
            "requirement failed: LogisticRegression.train() called with non-matching numClasses and"
                + " thresholds.length. numClasses="
                + numClasses
                + ", but thresholds has length "
                + getThresholds().length);
      }
      if (DoubleStream.of(histogram).filter(weight -> weight != 0).count() == 1) {
        if (getFitIntercept()) {
          LOG.warn(
              "All labels are the same value and fitIntercept=true, so the coefficients will be"
                  + " zeros. Training is not needed.");
          return constant(histogram.length - 1, facts.numFeatures(), numClasses, multinomial);
        }
        LOG.warn(
            "All labels belong to a single class and fitIntercept=false. It's a dangerous ground,"
                + " so the algorithm may not converge.");
      }
      int numFeatures = facts.numFeatures();
      Fit fit =
          Fit.of(
              this,
              examples,
              facts,
              new Problem(
                  multinomial
                      ? new Softmax(numClasses, numFeatures, getFitIntercept())
                      : new LinearModel(new LogisticLoss(), numFeatures, getFitIntercept()),
                  multinomial ? Labels.CLASSES : Labels.SIGNS,
                  Standardisation.of(facts.deviations(), getStandardization()),
                  Regularizer.elasticNet(getRegParam(), getElasticNetParam()),
                  getMaxIter(),
                  getTol(),
                  start(multinomial ? numClasses : 1, numFeatures, histogram)));
      return withSummary(
          model(fit.weights(), multinomial ? numClasses : 1, numFeatures, numClasses, multinomial),
          dataset,
          fit.run());
    }
  }

  /** Rows of the matrix are classes, or there is one; weights are feature-major. */
  private LogisticRegressionModel model(
      double[] weights, int numSets, int numFeatures, int numClasses, boolean multinomial) {
    double[] coefficients = new double[numSets * numFeatures];
    for (int j = 0; j < numFeatures; j++) {
      for (int k = 0; k < numSets; k++) {
        coefficients[k * numFeatures + j] = weights[j * numSets + k];
      }
    }
    double[] intercepts = new double[numSets];
    if (getFitIntercept()) {
      System.arraycopy(weights, numSets * numFeatures, intercepts, 0, numSets);
    }
    if (multinomial) {
      // Adding a constant to all classes changes no probability; MLlib's choice is a mean of 0.
      centre(intercepts, 0, 1);
      for (int j = 0; getRegParam() == 0 && j < numFeatures; j++) {
        centre(coefficients, j, numFeatures);
      }
    }
    return MllibModels.logisticRegression(
        uid(),
        new DenseMatrix(numSets, numFeatures, coefficients, true).compressed(),
        Vectors.dense(intercepts).compressed(),
        numClasses,
        multinomial);
  }

  private static void centre(double[] values, int from, int step) {
    double sum = 0;
    int count = 0;
    for (int i = from; i < values.length; i += step) {
      sum += values[i];
      count++;
    }
    for (int i = from; i < values.length; i += step) {
      values[i] -= sum / count;
    }
  }

  /** Without a model, MLlib's start: coefficients 0, intercepts that tell how often classes are. */
  private double @Nullable [] start(int numSets, int numFeatures, double[] histogram) {
    LogisticRegressionModel model = initialModel;
    if (model == null && getFitIntercept()) {
      double[] weights = new double[numSets * (numFeatures + 1)];
      if (numSets == 1) {
        weights[numFeatures] = Math.log(histogram[1] / histogram[0]);
      } else {
        for (int k = 0; k < histogram.length; k++) {
          weights[numSets * numFeatures + k] = Math.log1p(histogram[k]);
        }
        centre(weights, numSets * numFeatures, 1);
      }
      return weights;
    }
    if (model == null
        || !WarmStart.fits(
            model.coefficientMatrix().numRows(),
            model.coefficientMatrix().numCols(),
            numSets,
            numFeatures)) {
      return null;
    }
    double[] weights = new double[numSets * (getFitIntercept() ? numFeatures + 1 : numFeatures)];
    for (int j = 0; j < numFeatures; j++) {
      for (int k = 0; k < numSets; k++) {
        weights[j * numSets + k] = model.coefficientMatrix().apply(k, j);
      }
    }
    for (int k = 0; getFitIntercept() && k < numSets; k++) {
      weights[numFeatures * numSets + k] = model.interceptVector().apply(k);
    }
    return weights;
  }

  /** Starts from a model of the same shape instead of from zero. */
  @Override
  public LogisticRegression setInitialModel(LogisticRegressionModel model) {
    initialModel = model;
    return this;
  }

  /** In MLlib's words. */
  private boolean isMultinomial(int numClasses) {
    return switch (getFamily().toLowerCase(Locale.ROOT)) {
      case "binomial" -> {
        if (numClasses > 2) {
          throw new IllegalArgumentException(
              "requirement failed: Binomial family only supports 1 or 2 outcome classes but found "
                  + numClasses
                  + ".");
        }
        yield false;
      }
      case "multinomial" -> true;
      default -> numClasses > 2;
    };
  }

  /** What MLlib returns when all labels are of one class. */
  private LogisticRegressionModel constant(
      int label, int numFeatures, int numClasses, boolean multinomial) {
    int numSets = multinomial ? numClasses : 1;
    Matrix zeros =
        new SparseMatrix(
            numSets, numFeatures, new int[numSets + 1], new int[0], new double[0], true);
    Vector intercepts =
        multinomial
            ? Vectors.sparse(numClasses, new int[] {label}, new double[] {Double.POSITIVE_INFINITY})
            : Vectors.dense(label == 1 ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY);
    return MllibModels.logisticRegression(
        uid(), zeros.compressed(), intercepts, numClasses, multinomial);
  }

  private LogisticRegressionModel withSummary(
      LogisticRegressionModel model, Dataset<?> dataset, TrainingRun run) {
    var summaryModel = copyValues(model, ParamMap.empty()).findSummaryModel();
    Dataset<Row> predictions = summaryModel._1().transform(dataset);
    String weightCol = isDefined(weightCol()) ? getWeightCol() : "weightCol";
    return (LogisticRegressionModel)
        model.setSummary(
            Option.apply(
                model.numClasses() <= 2
                    ? new BinaryLogisticRegressionRunSummary(
                        predictions,
                        summaryModel._2(),
                        summaryModel._3(),
                        getLabelCol(),
                        getFeaturesCol(),
                        weightCol,
                        run)
                    : new LogisticRegressionRunSummary(
                        predictions,
                        summaryModel._2(),
                        summaryModel._3(),
                        getLabelCol(),
                        getFeaturesCol(),
                        weightCol,
                        run)));
  }

  @Override
  public LogisticRegression copy(ParamMap extra) {
    LogisticRegression copy = defaultCopy(extra);
    copy.initialModel = initialModel;
    return copy;
  }

  /** Reads what {@code save} has written. */
  public static LogisticRegression load(String path) {
    return (LogisticRegression) read().load(path);
  }

  /** A reader of what {@code write} has written. */
  public static MLReader<org.apache.spark.ml.classification.LogisticRegression> read() {
    return new DefaultParamsReader<>();
  }

  @Override
  public LogisticRegression setAggregationDepth(int value) {
    super.setAggregationDepth(value);
    return this;
  }

  @Override
  public LogisticRegression setElasticNetParam(double value) {
    super.setElasticNetParam(value);
    return this;
  }

  @Override
  public LogisticRegression setFamily(String value) {
    super.setFamily(value);
    return this;
  }

  @Override
  public LogisticRegression setFeaturesCol(String value) {
    super.setFeaturesCol(value);
    return this;
  }

  @Override
  public LogisticRegression setFitIntercept(boolean value) {
    super.setFitIntercept(value);
    return this;
  }

  @Override
  public LogisticRegression setLabelCol(String value) {
    super.setLabelCol(value);
    return this;
  }

  @Override
  public LogisticRegression setMaxBlockSizeInMB(double value) {
    super.setMaxBlockSizeInMB(value);
    return this;
  }

  @Override
  public LogisticRegression setMaxIter(int value) {
    super.setMaxIter(value);
    return this;
  }

  @Override
  public LogisticRegression setPredictionCol(String value) {
    super.setPredictionCol(value);
    return this;
  }

  @Override
  public LogisticRegression setProbabilityCol(String value) {
    super.setProbabilityCol(value);
    return this;
  }

  @Override
  public LogisticRegression setRawPredictionCol(String value) {
    super.setRawPredictionCol(value);
    return this;
  }

  @Override
  public LogisticRegression setRegParam(double value) {
    super.setRegParam(value);
    return this;
  }

  @Override
  public LogisticRegression setStandardization(boolean value) {
    super.setStandardization(value);
    return this;
  }

  @Override
  public LogisticRegression setThreshold(double value) {
    super.setThreshold(value);
    return this;
  }

  @Override
  public LogisticRegression setThresholds(double[] value) {
    super.setThresholds(value);
    return this;
  }

  @Override
  public LogisticRegression setTol(double value) {
    super.setTol(value);
    return this;
  }

  @Override
  public LogisticRegression setWeightCol(String value) {
    super.setWeightCol(value);
    return this;
  }
}
