package dev.triptych.ml.classification;

import dev.triptych.core.model.MultilayerPerceptron;
import dev.triptych.core.model.Regularizer;
import dev.triptych.ml.param.ModeParamSet;
import dev.triptych.ml.param.ModeParams;
import dev.triptych.ml.summary.MultilayerPerceptronRunSummary;
import dev.triptych.ml.training.Examples;
import dev.triptych.ml.training.Examples.Labels;
import dev.triptych.ml.training.Facts;
import dev.triptych.ml.training.Fit;
import dev.triptych.ml.training.Problem;
import dev.triptych.ml.training.Standardisation;
import dev.triptych.spark.model.MllibExport;
import org.apache.spark.ml.classification.MultilayerPerceptronClassificationModel;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import scala.Option;

/**
 * A multilayer perceptron: MLlib's estimator with all its params, trained by Triptych. Sigmoid
 * layers, softmax at the end, the mean cross-entropy as objective, as in MLlib. Mode sync takes
 * L-BFGS with {@code maxIter} and {@code tol} unless {@code syncAlgorithm} says otherwise; {@code
 * solver} and {@code blockSize} have no meaning here, {@code stepSize} only where it is set, and
 * {@code initialWeights} is refused.
 *
 * <p>{@code fit} returns MLlib's own model; its summary is a {@link
 * dev.triptych.ml.summary.RunSummary}.
 */
public final class MultilayerPerceptronClassifier
    extends org.apache.spark.ml.classification.MultilayerPerceptronClassifier
    implements ModeParams<MultilayerPerceptronClassifier> {
  private static final long serialVersionUID = 1L;

  private final ModeParamSet modeParams;

  public MultilayerPerceptronClassifier() {
    this(Identifiable.randomUID("mlpc"));
  }

  public MultilayerPerceptronClassifier(String uid) {
    super(uid);
    modeParams = new ModeParamSet(this);
  }

  @Override
  public ModeParamSet modeParams() {
    return modeParams;
  }

  @Override
  public MultilayerPerceptronClassificationModel train(Dataset<?> dataset) {
    int[] layers = getLayers();
    if (isDefined(initialWeights())) {
      throw new IllegalArgumentException(uid() + ": initialWeights is not supported");
    }
    try (Examples examples = Examples.of(this, dataset, layers[layers.length - 1])) {
      Facts facts = examples.facts(true);
      if (facts.numFeatures() != layers[0]) {
        throw new IllegalArgumentException(
            uid()
                + ": layers begin with "
                + layers[0]
                + ", the vectors have "
                + facts.numFeatures()
                + " features");
      }
      MultilayerPerceptron network = new MultilayerPerceptron(layers);
      Fit fit =
          Fit.of(
              this,
              examples,
              facts,
              new Problem(
                  network,
                  Labels.CLASSES,
                  Standardisation.none(layers[0]),
                  new Regularizer(0, 0),
                  getMaxIter(),
                  getTol(),
                  null));
      MultilayerPerceptronClassificationModel model =
          MllibExport.multilayerPerceptron(network, fit.weights());
      var summaryModel = copyValues(model, ParamMap.empty()).findSummaryModel();
      return (MultilayerPerceptronClassificationModel)
          model.setSummary(
              Option.apply(
                  new MultilayerPerceptronRunSummary(
                      summaryModel._1().transform(dataset),
                      summaryModel._3(),
                      getLabelCol(),
                      "weightCol",
                      fit.run())));
    }
  }

  @Override
  public MultilayerPerceptronClassifier copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /** Reads what {@code save} has written. */
  public static MultilayerPerceptronClassifier load(String path) {
    return (MultilayerPerceptronClassifier) read().load(path);
  }

  /** A reader of what {@code write} has written. */
  public static MLReader<org.apache.spark.ml.classification.MultilayerPerceptronClassifier> read() {
    return new DefaultParamsReader<>();
  }

  @Override
  public MultilayerPerceptronClassifier setBlockSize(int value) {
    super.setBlockSize(value);
    return this;
  }

  @Override
  public MultilayerPerceptronClassifier setFeaturesCol(String value) {
    super.setFeaturesCol(value);
    return this;
  }

  @Override
  public MultilayerPerceptronClassifier setLabelCol(String value) {
    super.setLabelCol(value);
    return this;
  }

  @Override
  public MultilayerPerceptronClassifier setLayers(int[] value) {
    super.setLayers(value);
    return this;
  }

  @Override
  public MultilayerPerceptronClassifier setMaxIter(int value) {
    super.setMaxIter(value);
    return this;
  }

  @Override
  public MultilayerPerceptronClassifier setPredictionCol(String value) {
    super.setPredictionCol(value);
    return this;
  }

  @Override
  public MultilayerPerceptronClassifier setProbabilityCol(String value) {
    super.setProbabilityCol(value);
    return this;
  }

  @Override
  public MultilayerPerceptronClassifier setRawPredictionCol(String value) {
    super.setRawPredictionCol(value);
    return this;
  }

  @Override
  public MultilayerPerceptronClassifier setSeed(long value) {
    super.setSeed(value);
    return this;
  }

  @Override
  public MultilayerPerceptronClassifier setSolver(String value) {
    super.setSolver(value);
    return this;
  }

  @Override
  public MultilayerPerceptronClassifier setStepSize(double value) {
    super.setStepSize(value);
    return this;
  }

  @Override
  public MultilayerPerceptronClassifier setThresholds(double[] value) {
    super.setThresholds(value);
    return this;
  }

  @Override
  public MultilayerPerceptronClassifier setTol(double value) {
    super.setTol(value);
    return this;
  }
}
